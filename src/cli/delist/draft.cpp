#include "cli/delist/draft.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/evidence_json.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "delist/draft.hpp"
#include "reputation/gate.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using delist::Case;
using delist::Draft;
using domain::DecisionOutcome;
using util::Fault;
using util::FaultKind;

constexpr std::size_t most_evidence = std::size_t{16} << 20U;
constexpr std::size_t most_notice = std::size_t{10} << 20U; ///< mail servers take no longer mail as a rule

std::vector<domain::Network> networks_of(const std::vector<std::string>& arguments) {
    std::vector<domain::Network> out;
    for (const std::string& argument : arguments)
        for (const std::string_view text : util::split(argument, ',')) {
            const auto network = domain::parse_network(util::trim(text));
            if (!network)
                throw Fault(FaultKind::usage, "draft a request",
                            "'" + util::for_terminal(text) + "' is neither an IP nor a network");
            out.push_back(*network);
        }
    return out;
}

std::string bytes_of(const std::string& file, std::size_t limit, const char* what) {
    util::BoundedBytes read =
        file == "-" ? util::read_to_end(STDIN_FILENO, limit, "standard input") : util::read_file(file, limit);
    if (read.truncated)
        throw Fault(FaultKind::damaged, "read " + util::for_terminal(file), std::string("it is too long for ") + what);
    return std::move(read.bytes);
}

/// One address is asked about, and nothing is known of others.
struct Asked {
    std::vector<Case> cases;
    std::vector<domain::Network> unjudged;
};

Asked from_file(const Invocation& invocation, const std::string& file, const std::vector<domain::Network>& networks) {
    Asked out;
    Case one;
    one.evidence = parse_evidence(bytes_of(file, most_evidence, "evidence"));
    if (const auto list = invocation.value("list"); list && *list != to_text(one.evidence.list))
        throw Fault(FaultKind::usage, "draft a request",
                    "the evidence is about " + std::string(to_text(one.evidence.list)));
    if (!networks.empty() && !any_contains(networks, one.evidence.ip))
        throw Fault(FaultKind::usage, "draft a request", "the evidence is about " + one.evidence.ip.text());
    one.decision = reputation::decide(one.evidence, invocation.config.gate);
    for (const domain::Network& network : networks)
        if (network.short_text() != one.evidence.ip.text())
            out.unjudged.push_back(network);
    out.cases.push_back(std::move(one));
    return out;
}

delist::Occasion occasion_of(const Invocation& invocation, const std::vector<domain::Network>& networks) {
    delist::Occasion out;
    out.networks = networks;
    out.new_addresses = invocation.has("new");
    if (const auto volume = invocation.value("volume")) {
        const auto expected = util::parse_unsigned(*volume);
        if (!expected || *expected > 1'000'000'000)
            throw Fault(FaultKind::usage, "draft a request",
                        "'" + util::for_terminal(*volume) + "' is no number of mails a day");
        out.expected = static_cast<std::int64_t>(*expected);
    }
    if (const auto notice = invocation.value("notice"))
        out.notice = bytes_of(*notice, most_notice, "a mail that came back");
    return out;
}

// ---- the answer of the gate

/// From the best to the worst, as statuses and as words above the draft.
struct Standing {
    DecisionOutcome outcome;
    ExitStatus status;
    const char* words;
};
constexpr Standing standings[] = {
    {DecisionOutcome::safe, ExitStatus::ok, "SAFE to send"},
    {DecisionOutcome::person, ExitStatus::critical, "A PERSON MUST DECIDE before this is sent"},
    {DecisionOutcome::unknown, ExitStatus::unknown, "DO NOT SEND yet: something is not known"},
    {DecisionOutcome::wait, ExitStatus::warning, "DO NOT SEND yet: wait"},
    {DecisionOutcome::not_safe, ExitStatus::warning, "DO NOT SEND: it is not safe"},
};

const Standing& standing_of(DecisionOutcome outcome) {
    return *std::ranges::find(standings, outcome, &Standing::outcome);
}

/// The worst of all.
const Standing& standing_of(const Asked& asked) {
    const Standing* out = asked.unjudged.empty() ? &standings[0] : &standing_of(DecisionOutcome::unknown);
    for (const Case& one : asked.cases)
        out = std::max(out, &standing_of(one.decision.outcome));
    return *out;
}

// ---- for people

struct DoorName {
    domain::Door door;
    const char* name;
};
constexpr DoorName doors[] = {
    {domain::Door::consumer_form, "The form for Outlook.com"},
    {domain::Door::portal, "The portal for Microsoft 365"},
    {domain::Door::delist_mail, "A mail to"},
    {domain::Door::reply, "One reply in"},
};

/// Every line escaped, indented.
std::string block(std::string_view text, std::string_view indent) {
    std::string out;
    for (const std::string_view line : util::split(text, '\n'))
        out += (line.empty() ? "" : std::string(indent)) + util::for_terminal(line, line.size()) + "\n";
    return out;
}

std::string bullets(const char* heading, const std::vector<std::string>& lines) {
    if (lines.empty())
        return {};
    std::string out = std::string("\n") + heading + "\n";
    for (const std::string& line : lines)
        out += "  - " + util::for_terminal(line, line.size()) + "\n";
    return out;
}

/// What is said above the draft, whether it may be sent first of all.
std::string heading(const Asked& asked) {
    std::string out = std::string("*** ") + standing_of(asked).words + " ***\n";
    for (const Case& one : asked.cases) {
        out += "\n" + one.decision.ip.text() + ", " + std::string(to_text(one.decision.list)) + ", as of " +
               short_time(one.decision.now) + ": " + std::string(to_text(one.decision.outcome));
        out += one.decision.wait_until ? " until " + short_time(*one.decision.wait_until) + "\n" : "\n";
        for (const domain::Ruling& reason : one.decision.reasons)
            if (reason.state != domain::RuleState::met)
                out += "  - " + util::for_terminal(reason.sentence, reason.sentence.size()) +
                       (reason.action.empty() ? "" : "; " + reason.action) + "\n";
    }
    for (const domain::Network& network : asked.unjudged)
        out += "\n" + network.short_text() + ": nothing was judged about it\n";
    return out;
}

std::string body(const Draft& draft) {
    std::string out;
    for (const delist::DraftField& field : draft.fields) {
        out += (out.empty() ? "" : "\n") + field.name + (field.id.empty() ? "" : "  (" + field.id + ")") + "\n";
        out += block(field.text, "    ");
    }
    return out;
}

std::string advice(const Draft& draft) {
    std::string out;
    for (const DoorName& one : doors)
        if (draft.door == one.door)
            out = std::string("\n") + one.name + " " + util::for_terminal(draft.where, draft.where.size()) + "\n";
    return bullets("Ask here first, or instead", draft.instead) + out + bullets("How", draft.hints) +
           bullets("Missing, so not in the text", draft.missing);
}

// ---- for programs

Json draft_json(const Asked& asked, const Draft& draft, const delist::Occasion& occasion) {
    Json cases = Json::array();
    for (const Case& one : asked.cases)
        cases.push_back({{"ip", one.decision.ip.text()},
                         {"now", util::iso8601(one.decision.now)},
                         {"outcome", to_text(one.decision.outcome)},
                         {"wait_until", time_or_null(one.decision.wait_until)}});
    Json fields = Json::array();
    for (const delist::DraftField& field : draft.fields)
        fields.push_back({{"name", field.name}, {"id", field.id}, {"text", field.text}});
    Json unjudged = Json::array();
    for (const domain::Network& network : asked.unjudged)
        unjudged.push_back(network.short_text());
    return {{"format_version", format_version},
            {"list", to_text(asked.cases.front().decision.list)},
            {"outcome", to_text(standing_of(asked).outcome)},
            {"cases", std::move(cases)},
            {"unjudged", std::move(unjudged)},
            {"door", draft.door ? Json(to_text(*draft.door)) : Json(nullptr)},
            {"where", draft.door ? Json(draft.where) : Json(nullptr)},
            {"fields", std::move(fields)},
            {"notice_bytes", occasion.notice.size()},
            {"instead", draft.instead},
            {"hints", draft.hints},
            {"missing", draft.missing}};
}

void print(std::FILE* to, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), to);
}

/// What is sent or pasted, alone: the whole mail, or the fields.
std::string parcel(const Draft& draft, const Config& config, const delist::Occasion& occasion) {
    if (draft.door == domain::Door::delist_mail)
        return mail::compose(delist::outgoing(draft, config.delist, occasion, util::now()));
    return body(draft);
}

} // namespace

ExitStatus draft_request(const Invocation& invocation, const std::vector<std::string>& arguments) {
    const std::vector<domain::Network> networks = networks_of(arguments);
    const auto file = invocation.value("evidence");
    if (!file)
        throw Fault(FaultKind::usage, "draft a request", "no evidence was named");
    const Asked asked = from_file(invocation, *file, networks);
    const delist::Occasion occasion = occasion_of(invocation, networks);
    const Draft draft = delist::draft(asked.cases, invocation.config.delist, occasion);

    const auto to = invocation.value("to");
    if (to && !draft.door)
        throw Fault(FaultKind::usage, "write the request to " + util::for_terminal(*to),
                    "there is nobody to ask at Microsoft");
    const std::string written = to ? parcel(draft, invocation.config, occasion) : "";
    const bool alone = to == "-"; // what is said about it must not get into it
    if (to && !alone)
        util::write_atomically(*to, written);

    if (invocation.json() && !alone) {
        print_json(draft_json(asked, draft, occasion));
    } else {
        std::FILE* const out = alone ? stderr : stdout;
        print(out, heading(asked) + advice(draft));
        if (!to)
            print(out, (draft.fields.empty() ? "" : "\n") + body(draft));
        else if (!alone)
            print(out, "\nWritten to " + util::for_terminal(*to) + "\n");
        if (alone)
            print(stdout, written);
        if (!to && draft.door == domain::Door::delist_mail)
            print(out, "\nThe whole mail: jmrp delist draft ... --to FILE, then: sendmail -t < FILE\n");
    }
    return standing_of(asked).status;
}

} // namespace jmrp::cli
