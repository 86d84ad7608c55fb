#include "attribute/token.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"recipient", "ADDRESS", "seal: whom the mail goes to"},
    {"id", "TEXT", "seal: a number of yours, in place of the recipient or besides"},
    {"list", "TEXT", "seal: the list"},
    {"campaign", "TEXT", "seal: the campaign"},
    {"short", nullptr, "seal: for a return path; recipient or id only"},
    json_option,
};

using util::Fault;
using util::FaultKind;

const std::filesystem::path& file_of(const Invocation& invocation) {
    return invocation.config.token_keys;
}

/// "current", "opens" (an older one, or one in its days of grace), "retired".
std::string_view state_of(const util::Key& key, const util::Keyring& ring, const domain::TokenRules& rules) {
    constexpr util::Seconds day = 86400;
    if (ring.current() == &key)
        return "current";
    return key.retired && util::now() > *key.retired + rules.grace_days * day ? "retired" : "opens";
}

ExitStatus list_keys(const Invocation& invocation) {
    const domain::TokenRules& rules = invocation.config.rules.reading.token;
    const util::Keyring& ring = rules.keys->keys();
    if (invocation.json()) {
        Json keys = Json::array();
        for (const util::Key& key : ring.keys())
            keys.push_back({{"id", key.id},
                            {"created", util::iso8601(key.created)},
                            {"retired", time_or_null(key.retired)},
                            {"state", state_of(key, ring, rules)}});
        print_json(
            {{"format_version", format_version}, {"file", file_of(invocation).string()}, {"keys", std::move(keys)}});
        return ExitStatus::ok;
    }
    if (ring.keys().empty()) {
        print_line("There is no key; 'jmrp token key new' makes one.");
        return ExitStatus::ok;
    }
    Table table({">key", "made", "retired", "state"});
    for (const util::Key& key : ring.keys())
        table.add({std::to_string(key.id), short_time(key.created), key.retired ? short_time(*key.retired) : "",
                   std::string(state_of(key, ring, rules))});
    table.print();
    return ExitStatus::ok;
}

ExitStatus new_key(const Invocation& invocation) {
    const util::Key key = util::add_key(file_of(invocation), util::now());
    if (invocation.json())
        print_json({{"format_version", format_version}, {"id", key.id}, {"file", file_of(invocation).string()}});
    else
        print_line("Key " + std::to_string(key.id) + " in " + file_of(invocation).string() + " seals from now on.");
    return ExitStatus::ok;
}

ExitStatus retire_key(const Invocation& invocation, const std::string& text) {
    const auto id = util::parse_unsigned(text);
    if (!id || *id == 0 || *id > 255)
        throw Fault(FaultKind::usage, "retire a key", "'" + util::for_terminal(text) + "' is no number of a key",
                    "'jmrp token key list' shows them");
    const auto number = static_cast<unsigned>(*id);
    const bool done = util::retire_key(file_of(invocation), number, util::now());
    const util::Keyring ring = util::read_keyring(file_of(invocation));
    if (invocation.json()) {
        print_json({{"format_version", format_version}, {"id", number}, {"changed", done}});
        return ExitStatus::ok;
    }
    print_line("Key " + std::to_string(number) + (done ? " is retired; " : " was retired before; ") +
               "what it sealed opens for " + std::to_string(invocation.config.rules.reading.token.grace_days) +
               " days from then on.");
    if (!ring.current())
        print_line("No key is left to seal with; 'jmrp token key new' makes one.");
    return ExitStatus::ok;
}

ExitStatus run_key(const Invocation& invocation, std::vector<std::string> arguments) {
    static constexpr const char* verbs[] = {"new", "list", "retire"};
    const std::string verb = take_verb(arguments, verbs);
    if (verb == "retire") {
        expect_arguments(arguments, 1, "the number of one key, as 'jmrp token key list' shows it");
        return retire_key(invocation, arguments.front());
    }
    expect_arguments(arguments, 0, "no further arguments");
    return verb == "new" ? new_key(invocation) : list_keys(invocation);
}

/// The mail server calls this: nothing of the mail goes into a fault.
ExitStatus seal(const Invocation& invocation) {
    domain::TokenClaims claims;
    if (const auto text = invocation.value("recipient")) {
        claims.recipient = domain::parse_address(*text);
        if (!claims.recipient)
            throw Fault(FaultKind::usage, "seal a token", "what --recipient says is no address");
    }
    claims.id = invocation.value("id").value_or("");
    claims.list = invocation.value("list").value_or("");
    claims.campaign = invocation.value("campaign").value_or("");
    claims.sealed_at = util::now() / 60 * 60;
    if (!claims.recipient && claims.id.empty())
        throw Fault(FaultKind::usage, "seal a token", "it needs --recipient ADDRESS or --id TEXT");
    const util::Key* key = invocation.config.rules.reading.token.keys->keys().current();
    if (!key)
        throw Fault(FaultKind::not_found, "seal a token", "there is no key in " + file_of(invocation).string(),
                    "'jmrp token key new' makes one");
    const bool brief = invocation.has("short");
    const std::string token = brief ? attribute::seal_short_token(*key, claims) : attribute::seal_token(*key, claims);
    if (invocation.json())
        print_json({{"format_version", format_version},
                    {"token", token},
                    {"form", brief ? "short" : "long"},
                    {"key", key->id}});
    else
        print_line(token);
    return ExitStatus::ok;
}

std::string reason(const attribute::OpenedToken& token, const Invocation& invocation) {
    const domain::TokenRules& rules = invocation.config.rules.reading.token;
    switch (token.status) {
    case domain::TokenStatus::opened:
        return "it opens";
    case domain::TokenStatus::unknown_key:
        return "there is no key " + std::to_string(token.key_id) + " in " + file_of(invocation).string();
    case domain::TokenStatus::retired_key:
        return "its key was retired more than " + std::to_string(rules.grace_days) + " days ago";
    case domain::TokenStatus::expired:
        return "it is older than " + std::to_string(rules.max_age_days) + " days";
    case domain::TokenStatus::wrong:
        break;
    }
    return "it is no token of this installation, or it was changed";
}

Json claims_json(const domain::TokenClaims& claims) {
    if (!claims.recipient && claims.id.empty())
        return nullptr;
    Json out;
    if (claims.recipient)
        out["recipient"] = claims.recipient->text();
    for (const auto& [name, value] :
         {std::pair{"id", claims.id}, std::pair{"list", claims.list}, std::pair{"campaign", claims.campaign}})
        if (!value.empty())
            out[name] = value;
    out["sealed_at"] = util::iso8601(claims.sealed_at);
    return out;
}

ExitStatus open(const Invocation& invocation, const std::string& text) {
    const attribute::OpenedToken token =
        attribute::open_token(text, invocation.config.rules.reading.token, util::now());
    const bool opened = token.status == domain::TokenStatus::opened;
    if (invocation.json()) {
        print_json({{"format_version", format_version},
                    {"status", domain::to_text(token.status)},
                    {"key", token.key_id == 0 ? Json(nullptr) : Json(token.key_id)},
                    {"claims", claims_json(token.claims)}});
    } else {
        print_line("status     " + std::string(domain::to_text(token.status)) + ": " +
                   (opened ? "with key " + std::to_string(token.key_id) : reason(token, invocation)));
        const std::string recipient = token.claims.recipient ? token.claims.recipient->text() : std::string();
        for (const auto& [name, value] :
             {std::pair{"recipient  ", recipient}, std::pair{"id         ", token.claims.id},
              std::pair{"list       ", token.claims.list}, std::pair{"campaign   ", token.claims.campaign}})
            if (!value.empty())
                print_line(name + util::for_terminal(value, 400));
        if (token.claims.sealed_at != 0)
            print_line("sealed     " + short_time(token.claims.sealed_at));
    }
    return opened ? ExitStatus::ok : ExitStatus::bad_input;
}

ExitStatus run(const Invocation& invocation) {
    static constexpr const char* verbs[] = {"key", "seal", "open"};
    std::vector<std::string> arguments = invocation.arguments;
    const std::string verb = take_verb(arguments, verbs);
    if (verb == "key")
        return run_key(invocation, std::move(arguments));
    if (verb == "open") {
        expect_arguments(arguments, 1, "a token, or one text that holds it");
        return open(invocation, arguments.front());
    }
    expect_arguments(arguments, 0, "no further arguments");
    return seal(invocation);
}

} // namespace

const Command token_command{
    "token",
    "key new | key list | key retire ID | seal --recipient ADDRESS [--short] [--list L] [--campaign C] [--id TEXT] | "
    "open TEXT [--json]",
    "what to write into your mail to know its recipient in a report that names nobody",
    "jmrp token seal --recipient=user@outlook.example",
    options,
    run};

} // namespace jmrp::cli
