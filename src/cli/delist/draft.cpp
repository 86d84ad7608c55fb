#include "cli/delist/draft.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/delist/ending.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
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

constexpr std::size_t most_notice = std::size_t{10} << 20U; ///< mail servers take no longer mail as a rule

std::string notice_of(const std::string& file) {
    util::BoundedBytes read = file == "-" ? util::read_to_end(STDIN_FILENO, most_notice, "standard input")
                                          : util::read_file(file, most_notice);
    if (read.truncated)
        throw Fault(FaultKind::damaged, "read " + util::for_terminal(file), "it is too long for a mail that came back");
    return std::move(read.bytes);
}

delist::Occasion occasion_of(const Invocation& invocation, const Asked& asked) {
    delist::Occasion out;
    out.networks = asked.networks;
    out.notice = asked.notice;
    out.new_addresses = invocation.has("new");
    if (const auto volume = invocation.value("volume")) {
        const auto expected = util::parse_unsigned(*volume);
        if (!expected || *expected > 1'000'000'000)
            throw Fault(FaultKind::usage, "draft a request",
                        "'" + util::for_terminal(*volume) + "' is no number of mails a day");
        out.expected = static_cast<std::int64_t>(*expected);
    }
    if (const auto notice = invocation.value("notice"))
        out.notice = notice_of(*notice);
    return out;
}

// ---- the answer of the gate

/// The worst of all.
const Ending& worst_of(const Asked& asked) {
    const Ending* out = asked.unjudged.empty() ? endings : ending_of(DecisionOutcome::unknown);
    for (const Case& one : asked.cases)
        out = std::max(out, ending_of(one.decision.outcome));
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
    while (text.ends_with('\n'))
        text.remove_suffix(1);
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
    std::string out = std::string("*** ") + worst_of(asked).sending + " ***\n";
    for (const Case& one : asked.cases) {
        out += "\n" + one.decision.ip.text() + ", " + std::string(to_text(one.decision.list)) + ", as of " +
               short_time(one.decision.now) + ": " + std::string(to_text(one.decision.outcome));
        out += one.decision.wait_until ? " until " + short_time(*one.decision.wait_until) + "\n" : "\n";
        std::string last; // two rules may lack the same
        for (const domain::Ruling& reason : one.decision.reasons)
            if (reason.state != domain::RuleState::met && reason.sentence != last) {
                last = reason.sentence;
                out += "  - " + util::for_terminal(reason.sentence, reason.sentence.size()) +
                       (reason.action.empty() ? "" : "; " + reason.action) + "\n";
            }
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
            {"outcome", to_text(worst_of(asked).outcome)},
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

ExitStatus print_draft(const Invocation& invocation, const Asked& asked) {
    const delist::Occasion occasion = occasion_of(invocation, asked);
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
    return worst_of(asked).status;
}

} // namespace jmrp::cli
