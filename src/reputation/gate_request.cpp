// May one ask now.
#include <algorithm>

#include "reputation/block_state.hpp"
#include "reputation/rules.hpp"

namespace jmrp::reputation {

using domain::Request;
using domain::Ruling;

namespace {

bool is_lifted(const Request& request) {
    return request.verdict && lifts(*request.verdict);
}

/// Refusals at the end, without a mitigation between them.
std::int64_t refusals_in_a_row(const std::vector<Request>& requests) {
    std::int64_t count = 0;
    for (auto request = requests.rbegin(); request != requests.rend() && !is_lifted(*request); ++request)
        count += is_refused(*request) ? 1 : 0;
    return count;
}

util::Seconds cool_down(const GatePolicy& policy, std::int64_t refusals) {
    const util::Seconds most = policy.longest_cool_down_days * one_day;
    util::Seconds out = policy.cool_down_hours * one_hour;
    for (std::int64_t one = 1; one < refusals && out < most; ++one)
        out *= 2;
    return std::min(out, most);
}

bool is_open(const Request& request) {
    return !request.withdrawn && !is_lifted(request) && !is_refused(request) && !is_asked_back(request);
}

/// One that was withdrawn without a verdict is as if it had not been sent.
bool was_dropped(const Request& request) {
    return request.withdrawn && !is_lifted(request) && !is_refused(request);
}

} // namespace

bool is_refused(const Request& request) {
    return request.verdict && refuses(*request.verdict);
}

bool is_asked_back(const Request& request) {
    return request.verdict && asks_back(*request.verdict);
}

const Request* last_request(const std::vector<Request>& requests) {
    const auto found = std::find_if_not(requests.rbegin(), requests.rend(), was_dropped);
    return found == requests.rend() ? nullptr : &*found;
}

Ruling judge_requests(const Ground& ground) {
    const auto& known = ground.evidence.requests;
    if (!known)
        return unknown("it is not known what was asked before",
                       "note the requests that were made by hand: 'jmrp delist submitted'");
    const std::vector<Request>& requests = known->value;
    if (std::ranges::any_of(requests, is_open))
        return needs_work("a request is open", "wait for its answer, and reply in that thread if need be");
    const Request* last = last_request(requests);
    if (!last)
        return met(requests.empty() ? "nothing was asked before" : "what was asked before was withdrawn");
    if (is_asked_back(*last))
        return met("they answered " + std::string(to_text(*last->verdict)) + ": reply in that thread");
    if (!last->answered)
        return unknown("it is not known when the last answer came", "note when it came: 'jmrp delist close'");
    const std::int64_t refused = refusals_in_a_row(requests);
    const util::Seconds rest = *last->answered + cool_down(ground.policy, refused);
    const std::string seen = "the last answer (" + std::string(to_text(*last->verdict)) + ") came " +
                             ago(*last->answered, ground.evidence.now);
    if (rest > ground.evidence.now)
        return waits(seen, rest);
    const auto mitigated = std::ranges::count_if(requests, [&](const Request& request) {
        return is_lifted(request) && request.answered &&
               ground.evidence.now - *request.answered <= ground.policy.mitigation_days * one_day;
    });
    if (mitigated > ground.policy.mitigations)
        return needs_person(counted(mitigated, "mitigation") + " in " + counted(ground.policy.mitigation_days, "day"),
                            "find out why the block comes back");
    return met(seen + (refused > 0 ? ": reply in its thread" : ""));
}

Ruling judge_contact(const Ground& ground) {
    const auto& contact = ground.evidence.contact;
    if (!contact)
        return unknown("it is not known whether the contact mailbox hears from Microsoft",
                       "name it in the configuration: delist.contact_email");
    if (contact->value.sends_through_address)
        return needs_work("the contact mailbox sends through the blocked address",
                          "use one that does not: replies would be refused");
    if (!contact->value.hears_microsoft)
        return unknown("no mail from microsoft.com ever came to the contact mailbox",
                       "have Microsoft send something there, such as a code of SNDS");
    return met("the contact mailbox hears from Microsoft");
}

} // namespace jmrp::reputation
