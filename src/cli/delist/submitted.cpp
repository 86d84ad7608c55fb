// jmrp delist submitted: a person sent a request, replied in its thread, or learned its ticket.
#include <algorithm>

#include "cli/delist/options.hpp"
#include "cli/delist/verbs.hpp"
#include "cli/json.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using delist::Asked;
using delist::Correspondence;
using domain::MitigationOutcome;
using domain::RequestEventKind;
using util::Fault;
using util::FaultKind;

/// What the command line tells.
struct Told {
    std::vector<domain::Network> networks;
    std::optional<std::string> ticket;
    std::optional<util::Seconds> at;
    domain::Noted noted;
};

domain::Door door_option(const Invocation& invocation, domain::BlockList list) {
    const auto text = invocation.value("door");
    if (!text)
        return list == domain::BlockList::outlook_com ? domain::Door::consumer_form : domain::Door::portal;
    const auto door = domain::from_text<domain::Door>(*text);
    if (!door || *door == domain::Door::reply)
        throw Fault(FaultKind::usage, "read the option --door", "'" + util::for_terminal(*text) + "' is none",
                    "consumer-form, portal or delist-mail");
    return *door;
}

bool is_receipt(MitigationOutcome outcome) {
    return outcome == MitigationOutcome::ack || outcome == MitigationOutcome::ack_agent;
}

util::Seconds asked_last(const domain::DelistRequest& request) {
    util::Seconds at = request.sent_at;
    for (const domain::RequestEvent& event : request.events)
        if (event.kind == RequestEventKind::replied)
            at = std::max(at, event.at);
    return at;
}

/// Whether more than a receipt came since we asked last: then a reply in the thread asks again.
bool was_answered(const Correspondence& all, const Asked& asked) {
    const util::Seconds since = asked_last(asked.told);
    return std::ranges::any_of(asked.told.events,
                               [&](const domain::RequestEvent& event) {
                                   return event.at >= since && (event.kind == RequestEventKind::outcome ||
                                                                event.kind == RequestEventKind::withdrawn);
                               }) ||
           std::ranges::any_of(all.answers, [&](const delist::Answer& answer) {
               return answer.request && &all.requests[*answer.request] == &asked && answer.said.at >= since &&
                      answer.doubt != delist::Doubt::forged &&
                      !std::ranges::all_of(answer.said.findings, is_receipt, &domain::MitigationFinding::outcome);
           });
}

void tell(const Invocation& invocation, std::string_view done, std::string_view sentence) {
    if (invocation.json())
        print_json({{"format_version", format_version}, {"done", done}});
    else
        print_line(sentence);
}

/// The thread of that ticket is known.
void note_reply(const Invocation& invocation, store::Store& store, const Correspondence& all, const Asked& asked,
                const Told& told) {
    const auto list = list_option(invocation);
    if ((list && *list != asked.told.list) || !are_within(told.networks, asked.told.networks))
        throw Fault(FaultKind::usage, "note the request",
                    "ticket " + asked.ticket + " is about " + text_of(asked.told.networks) + " at " +
                        std::string(to_text(asked.told.list)),
                    "another request has another ticket");
    if (asked.told.told_ticket().empty()) // a receipt brought it; now a person said so
        store.keep_request_event(asked.told.id,
                                 {RequestEventKind::ticket, told.noted.at, {}, asked.ticket, {}, told.noted});
    const util::Seconds at = told.at.value_or(told.noted.at);
    if (at <= asked_last(asked.told) || !was_answered(all, asked)) {
        tell(invocation, "known", "Already noted: ticket " + asked.ticket + " is open.");
        return;
    }
    store.keep_request_event(asked.told.id, {RequestEventKind::replied, at, {}, {}, {}, told.noted});
    tell(invocation, "reply", "Noted: a reply in the thread of ticket " + asked.ticket + ".");
}

/// The newest request about these addresses that waits for an answer, and has no ticket where `without_ticket`.
const Asked* open_request(const Correspondence& all, domain::BlockList list, const Told& told, bool without_ticket) {
    const auto found = std::find_if(all.requests.rbegin(), all.requests.rend(), [&](const Asked& asked) {
        return asked.told.list == list && are_within(told.networks, asked.told.networks) &&
               (!without_ticket || asked.ticket.empty()) && !was_answered(all, asked);
    });
    return found == all.requests.rend() ? nullptr : &*found;
}

/// A request that is noted late must not begin after its own answers.
void expect_no_earlier_answer(const Correspondence& all, const std::string& ticket) {
    for (const delist::Answer& answer : all.answers)
        if (answer.said.ticket == ticket)
            throw Fault(FaultKind::usage, "note the request",
                        "an answer of " + short_time(answer.said.at) + " has this ticket already",
                        "say with --at when the request was sent");
}

} // namespace

ExitStatus note_request(const Invocation& invocation, const Arguments& arguments) {
    const util::Seconds now = util::now();
    Told told{network_arguments(invocation, arguments), ticket_option(invocation), time_option(invocation, now),
              noted(invocation, now)};
    store::Store store = open_store(invocation);
    const Correspondence all = delist::read_correspondence(store);
    if (told.ticket)
        if (const Asked* asked = all.with_ticket(*told.ticket)) {
            note_reply(invocation, store, all, *asked, told);
            return ExitStatus::ok;
        }
    if (told.networks.empty())
        throw Fault(FaultKind::usage, "note the request", "it says no address",
                    told.ticket ? "no request here has that ticket" : "name the addresses that it is about");
    const domain::BlockList list = list_for(invocation, all, told.networks);
    const Asked* open = open_request(all, list, told, told.ticket.has_value());
    if (open && told.ticket) {
        store.keep_request_event(open->told.id, {RequestEventKind::ticket, now, {}, *told.ticket, {}, told.noted});
        tell(invocation, "ticket",
             "Noted: the request of " + short_time(open->told.sent_at) + " has ticket " + *told.ticket + ".");
        return ExitStatus::ok;
    }
    if (open && (!told.at || *told.at == open->told.sent_at)) {
        tell(invocation, "known",
             "Already noted: a request of " + short_time(open->told.sent_at) +
                 " is open. A second one has another --ticket or --at.");
        return ExitStatus::ok;
    }
    if (told.ticket && !told.at)
        expect_no_earlier_answer(all, *told.ticket);
    domain::DelistRequest request{0,          list, told.networks, door_option(invocation, list), told.at.value_or(now),
                                  told.noted, {}};
    if (told.ticket)
        request.events.push_back({RequestEventKind::ticket, now, {}, *told.ticket, {}, {told.noted.by, now, {}}});
    store.keep_request(request);
    tell(invocation, "request",
         "Noted: a request for " + text_of(request.networks) + " at " + std::string(to_text(list)) +
             (told.ticket ? ", ticket " + *told.ticket + "." : ", without a ticket yet."));
    return ExitStatus::ok;
}

} // namespace jmrp::cli
