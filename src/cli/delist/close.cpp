// jmrp delist close: a person tells what became of a request, or that an answer was read.
#include <algorithm>

#include "cli/delist/options.hpp"
#include "cli/delist/verbs.hpp"
#include "cli/json.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using delist::Answer;
using delist::Asked;
using delist::Correspondence;
using domain::MitigationOutcome;
using domain::RequestEventKind;
using util::Fault;
using util::FaultKind;

/// What a person can tell: verdicts, and what else an answer may come to that is no receipt.
constexpr MitigationOutcome outcomes[] = {
    MitigationOutcome::mitigated,     MitigationOutcome::conditionally_mitigated, MitigationOutcome::removed,
    MitigationOutcome::not_qualified, MitigationOutcome::refused_cause,           MitigationOutcome::nothing_detected,
    MitigationOutcome::more_info,
};
constexpr std::string_view withdrawn = "withdrawn";

domain::RequestEvent event_of(const std::string& outcome) {
    domain::RequestEvent event;
    std::vector<std::string> names{std::string(withdrawn)};
    for (const MitigationOutcome one : outcomes)
        names.emplace_back(to_text(one));
    if (std::ranges::find(names, outcome) == names.end()) {
        const auto near = util::nearest(outcome, names);
        throw Fault(FaultKind::usage, "read the option --outcome", "'" + util::for_terminal(outcome) + "' is none",
                    near ? "did you mean '" + *near + "'?" : "'jmrp help delist' tells which there are");
    }
    event.kind = outcome == withdrawn ? RequestEventKind::withdrawn : RequestEventKind::outcome;
    event.outcome = domain::from_text<MitigationOutcome>(outcome);
    return event;
}

const Answer* answer_option(const Invocation& invocation, const Correspondence& all) {
    const auto text = invocation.value("answer");
    if (!text)
        return nullptr;
    const auto id = util::parse_unsigned(*text);
    const auto found = std::ranges::find_if(all.answers, [&](const Answer& answer) {
        return id && static_cast<std::uint64_t>(answer.said.message_id) == *id;
    });
    if (found == all.answers.end())
        throw Fault(FaultKind::not_found, "find the answer '" + util::for_terminal(*text) + "'",
                    "no answer of sender support has that number", "'jmrp delist list --all' shows them");
    return &*found;
}

/// That of --ticket, of the answer, or the newest about the addresses.
const Asked& request_meant(const Invocation& invocation, const Correspondence& all, const Answer* answer,
                           const std::vector<domain::Network>& networks) {
    if (const auto ticket = ticket_option(invocation)) {
        if (const Asked* asked = all.with_ticket(*ticket))
            return *asked;
        throw Fault(FaultKind::not_found, "find the request", "none here has ticket " + *ticket,
                    "note it with 'jmrp delist submitted'");
    }
    if (networks.empty() && answer && answer->request)
        return all.requests[*answer->request];
    if (networks.empty())
        throw Fault(FaultKind::usage, "close a request", "it is not said which", "name its addresses, or its --ticket");
    const domain::BlockList list = list_for(invocation, all, networks);
    const auto found = std::find_if(all.requests.rbegin(), all.requests.rend(), [&](const Asked& asked) {
        return asked.told.list == list && are_within(networks, asked.told.networks);
    });
    if (found == all.requests.rend())
        throw Fault(FaultKind::not_found, "find the request",
                    "none is about " + text_of(networks) + " at " + std::string(to_text(list)),
                    "note it with 'jmrp delist submitted'");
    return *found;
}

/// Part of the request, or all of it.
std::vector<domain::Network> part_of(const Asked& asked, const std::vector<domain::Network>& networks) {
    return are_within(asked.told.networks, networks) ? std::vector<domain::Network>() : networks;
}

} // namespace

ExitStatus close_request(const Invocation& invocation, const Arguments& arguments) {
    const util::Seconds now = util::now();
    const std::vector<domain::Network> networks = network_arguments(invocation, arguments);
    const auto outcome = invocation.value("outcome");
    const auto at = time_option(invocation, now);
    store::Store store = open_store(invocation);
    const Correspondence all = delist::read_correspondence(store);
    const Answer* answer = answer_option(invocation, all);
    if (!outcome && !answer)
        throw Fault(FaultKind::usage, "close a request", "it needs --outcome",
                    "mitigated, not-qualified, withdrawn ...: 'jmrp help delist' tells all");
    if (outcome) {
        domain::RequestEvent event = event_of(*outcome);
        const Asked& asked = request_meant(invocation, all, answer, networks);
        event.networks = part_of(asked, networks);
        event.at = at.value_or(answer ? std::max(answer->said.at, asked.told.sent_at) : now);
        event.noted = noted(invocation, now);
        if (event.at < asked.told.sent_at)
            throw Fault(FaultKind::usage, "close the request",
                        "it was sent later, on " + short_time(asked.told.sent_at));
        store.keep_request_event(asked.told.id, event);
    }
    if (answer)
        store.mark_answer_read(answer->said.message_id, decided_by(), now);
    if (invocation.json())
        print_json({{"format_version", format_version},
                    {"outcome", outcome ? Json(*outcome) : Json(nullptr)},
                    {"answer", answer ? Json(answer->said.message_id) : Json(nullptr)}});
    return ExitStatus::ok;
}

} // namespace jmrp::cli
