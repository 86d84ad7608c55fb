#include "delist/correspondence.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace jmrp::delist {

using domain::MitigationFinding;
using domain::MitigationOutcome;
using domain::RequestEventKind;
using reputation::BlockEventKind;
using util::Seconds;

namespace {

constexpr Seconds receipt_within = Seconds{3} * 86'400; ///< of the request; most come within the hour
constexpr Seconds noted_late = 3600;                    ///< people note a request after they have sent it

bool decides(MitigationOutcome outcome) {
    return reputation::lifts(outcome) || reputation::refuses(outcome);
}

bool is_receipt(const domain::SupportAnswer& answer) {
    return std::ranges::any_of(answer.findings, [](const MitigationFinding& finding) {
        return finding.outcome == MitigationOutcome::ack || finding.outcome == MitigationOutcome::ack_agent;
    });
}

bool has_ended(const domain::DelistRequest& request, Seconds at) {
    return std::ranges::any_of(request.events, [&](const domain::RequestEvent& event) {
        return event.at <= at &&
               (event.kind == RequestEventKind::withdrawn ||
                (event.kind == RequestEventKind::outcome && event.outcome && decides(*event.outcome)));
    });
}

/// Whether it speaks of the request at all: of its addresses, or of none in particular.
bool speaks_of(const domain::SupportAnswer& answer, const domain::DelistRequest& request) {
    return std::ranges::any_of(answer.findings, [&](const MitigationFinding& finding) {
        return finding.networks.empty() || any_overlap(finding.networks, request.networks);
    });
}

/// The one request whose ticket the receipt can have brought.
std::optional<std::size_t> waiting_for(const std::vector<Asked>& requests, const domain::SupportAnswer& receipt) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto& [told, ticket] = requests[i];
        // The portal tells no ticket.
        if (!ticket.empty() || told.door == domain::Door::portal || receipt.at < told.sent_at - noted_late ||
            receipt.at > told.sent_at + receipt_within || has_ended(told, receipt.at) || !speaks_of(receipt, told))
            continue;
        if (found)
            return std::nullopt;
        found = i;
    }
    return found;
}

bool asks_for_something(MitigationOutcome outcome) {
    return reputation::asks_back(outcome) || outcome == MitigationOutcome::content ||
           outcome == MitigationOutcome::use_portal;
}

/// Whether a person noted since what became of the request, or a later answer decided it.
bool is_overtaken(const Answer& answer, const Correspondence& all) {
    if (!answer.request)
        return false;
    const auto& events = all.requests[*answer.request].told.events;
    return std::ranges::any_of(events,
                               [&](const domain::RequestEvent& event) {
                                   return event.kind != RequestEventKind::ticket &&
                                          event.noted.at >= answer.said.received_at && event.at >= answer.said.at;
                               }) ||
           std::ranges::any_of(all.answers, [&](const Answer& later) {
               return later.request == answer.request && later.doubt == Doubt::none && later.said.at > answer.said.at &&
                      std::ranges::any_of(later.said.findings, decides, &MitigationFinding::outcome);
           });
}

bool needs_person(const Answer& answer, const Correspondence& all) {
    if (answer.said.dealt_with || answer.doubt == Doubt::forged)
        return false;
    const bool asks = answer.doubt != Doubt::none ||
                      std::ranges::any_of(answer.said.findings, asks_for_something, &MitigationFinding::outcome);
    return asks && !is_overtaken(answer, all);
}

Doubt doubt_about(const Answer& answer, const Correspondence& all) {
    const domain::SupportAnswer& said = answer.said;
    if (said.verdict == domain::Verdict::forged)
        return Doubt::forged;
    if (said.verdict != domain::Verdict::authentic)
        return Doubt::unverified;
    if (!said.ticket)
        return Doubt::no_ticket;
    if (!answer.request)
        return Doubt::unknown_ticket;
    if (std::ranges::all_of(said.findings, [](const auto& one) { return one.outcome == MitigationOutcome::unknown; }))
        return Doubt::unknown_words;
    return speaks_of(said, all.requests[*answer.request].told) ? Doubt::none : Doubt::other_addresses;
}

/// Of several sections those that name the address speak of it, and the others only where none does.
bool is_about(const MitigationFinding& finding, const domain::SupportAnswer& answer, const domain::Ip& ip) {
    const bool named = std::ranges::any_of(
        answer.findings, [&](const MitigationFinding& one) { return any_contains(one.networks, ip); });
    return named ? any_contains(finding.networks, ip) : finding.networks.empty();
}

void add_of(const Asked& asked, const Correspondence& all, const domain::Ip& ip, std::vector<Happening>& out) {
    std::vector<Happening> later;
    for (const domain::RequestEvent& event : asked.told.events) {
        if (!event.networks.empty() && !any_contains(event.networks, ip))
            continue;
        if (event.kind == RequestEventKind::replied)
            later.push_back({event.at, BlockEventKind::replied, &asked, nullptr, &event});
        else if (event.kind == RequestEventKind::withdrawn)
            later.push_back({event.at, BlockEventKind::withdrawn, &asked, nullptr, &event});
        else if (event.outcome)
            later.push_back({event.at, *event.outcome, &asked, nullptr, &event});
    }
    for (const Answer& answer : all.answers)
        if (answer.doubt == Doubt::none && &all.requests[*answer.request] == &asked)
            for (const MitigationFinding& finding : answer.said.findings)
                if (finding.outcome != MitigationOutcome::unknown && is_about(finding, answer.said, ip))
                    later.push_back({answer.said.at, finding.outcome, &asked, &answer, nullptr});
    std::ranges::stable_sort(later, {}, &Happening::at);
    out.push_back({asked.told.sent_at, BlockEventKind::submitted, &asked, nullptr, nullptr});
    bool ended = false;
    for (Happening& one : later) {
        // A reply in a thread that was done with is a request like the first.
        if (ended && one.what == reputation::BlockHappening(BlockEventKind::replied))
            one.what = BlockEventKind::submitted;
        if (const auto* outcome = std::get_if<MitigationOutcome>(&one.what))
            ended = reputation::lifts(*outcome) || (ended && !reputation::refuses(*outcome));
        else
            ended = one.what == reputation::BlockHappening(BlockEventKind::withdrawn);
        out.push_back(one);
    }
}

bool asks(const reputation::BlockHappening& what) {
    return what == reputation::BlockHappening(BlockEventKind::submitted) ||
           what == reputation::BlockHappening(BlockEventKind::replied);
}

void take_answer(domain::Request& request, MitigationOutcome outcome, Seconds at) {
    const bool receipt = outcome == MitigationOutcome::ack || outcome == MitigationOutcome::ack_agent;
    const bool decided = request.verdict && decides(*request.verdict);
    if (receipt || (decided && !decides(outcome)))
        return;
    request.verdict = outcome;
    request.answered = at;
}

} // namespace

const Asked* Correspondence::with_ticket(std::string_view ticket) const {
    const auto found = std::ranges::find(requests, ticket, &Asked::ticket);
    return found == requests.end() ? nullptr : &*found;
}

Correspondence put_together(std::vector<domain::DelistRequest> requests, std::vector<domain::SupportAnswer> answers) {
    Correspondence all;
    std::map<std::string, std::size_t, std::less<>> by_ticket;
    for (domain::DelistRequest& request : requests) {
        std::string ticket = request.told_ticket();
        if (!ticket.empty())
            by_ticket.emplace(ticket, all.requests.size());
        all.requests.push_back({std::move(request), std::move(ticket)});
    }
    std::ranges::stable_sort(answers, {}, &domain::SupportAnswer::at);
    for (domain::SupportAnswer& said : answers) {
        Answer answer;
        answer.said = std::move(said);
        if (answer.said.ticket) {
            const auto known = by_ticket.find(*answer.said.ticket);
            if (known != by_ticket.end())
                answer.request = known->second;
            else if (answer.said.verdict == domain::Verdict::authentic && is_receipt(answer.said))
                answer.request = waiting_for(all.requests, answer.said);
            if (answer.request && known == by_ticket.end()) {
                answer.brought_ticket = true;
                all.requests[*answer.request].ticket = *answer.said.ticket;
                by_ticket.emplace(*answer.said.ticket, *answer.request);
            }
        }
        answer.doubt = doubt_about(answer, all);
        all.answers.push_back(std::move(answer));
    }
    for (Answer& answer : all.answers)
        answer.needs_person = needs_person(answer, all);
    return all;
}

Correspondence read_correspondence(store::Store& store) {
    std::vector<domain::DelistRequest> requests;
    std::vector<domain::SupportAnswer> answers;
    store.in_snapshot([&] {
        requests = store.requests();
        answers = store.support_answers();
    });
    return put_together(std::move(requests), std::move(answers));
}

std::vector<Happening> happenings(const Correspondence& all, const domain::Ip& ip, domain::BlockList list) {
    std::vector<Happening> out;
    for (const Asked& asked : all.requests)
        if (asked.told.list == list && any_contains(asked.told.networks, ip))
            add_of(asked, all, ip, out);
    std::ranges::stable_sort(out, {}, &Happening::at);
    return out;
}

std::vector<reputation::BlockEvent> request_events(const Correspondence& all, const domain::Ip& ip,
                                                   domain::BlockList list) {
    std::vector<reputation::BlockEvent> out;
    for (const Happening& one : happenings(all, ip, list))
        out.push_back({one.at, one.what, {}, std::nullopt});
    return out;
}

std::vector<reputation::BlockEvent> request_events(store::Store& store, const domain::Ip& ip, domain::BlockList list) {
    return request_events(read_correspondence(store), ip, list);
}

std::vector<domain::Request> requests_about(const Correspondence& all, const domain::Ip& ip, domain::BlockList list) {
    std::vector<domain::Request> out;
    std::map<const Asked*, std::size_t> newest; // of each thread, in `out`
    for (const Happening& one : happenings(all, ip, list)) {
        const auto known = newest.find(one.request);
        if (known == newest.end() || (asks(one.what) && (out[known->second].verdict || out[known->second].withdrawn))) {
            newest[one.request] = out.size();
            out.push_back({one.request->ticket, one.at, std::nullopt, std::nullopt, false});
        }
        domain::Request& request = out[newest[one.request]];
        if (const auto* outcome = std::get_if<MitigationOutcome>(&one.what))
            take_answer(request, *outcome, one.at);
        else if (one.what == reputation::BlockHappening(BlockEventKind::withdrawn))
            request.withdrawn = true;
    }
    return out;
}

std::vector<Subject> subjects(const Correspondence& all) {
    std::vector<Subject> out;
    std::set<std::pair<domain::BlockList, std::string>> known;
    const auto add = [&](const domain::Network& network, domain::BlockList list) {
        if (known.emplace(list, network.text()).second)
            out.push_back({network, list});
    };
    const auto add_parts = [&](const std::vector<domain::Network>& parts, const domain::DelistRequest& of) {
        for (const domain::Network& part : parts)
            if (std::ranges::any_of(of.networks, [&](const domain::Network& whole) {
                    return part.prefix > whole.prefix && whole.contains(part.base);
                }))
                add(part, of.list);
    };
    for (const Asked& asked : all.requests) {
        for (const domain::Network& network : asked.told.networks)
            add(network, asked.told.list);
        for (const domain::RequestEvent& event : asked.told.events)
            add_parts(event.networks, asked.told);
    }
    for (const Answer& answer : all.answers)
        if (answer.doubt == Doubt::none)
            for (const MitigationFinding& finding : answer.said.findings)
                add_parts(finding.networks, all.requests[*answer.request].told);
    return out;
}

reputation::BlockStanding standing_of(const Correspondence& all, const Subject& subject) {
    return reputation::standing_after(request_events(all, subject.network.base, subject.list));
}

std::string_view explain(Doubt doubt) {
    switch (doubt) {
    case Doubt::none:
        return "";
    case Doubt::forged:
        return "somebody else sent it";
    case Doubt::unverified:
        return "nothing proves that Microsoft sent it";
    case Doubt::no_ticket:
        return "it names no ticket";
    case Doubt::unknown_ticket:
        return "no request here has its ticket";
    case Doubt::unknown_words:
        return "its words are not understood";
    case Doubt::other_addresses:
        return "it speaks of other addresses than the request";
    }
    return "";
}

} // namespace jmrp::delist
