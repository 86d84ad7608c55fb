#include "delist/leaks.hpp"

#include <algorithm>

#include "store/send_log.hpp"

namespace jmrp::delist {

namespace {

using util::Seconds;

constexpr Seconds one_day = 86'400;
constexpr Seconds longest = 28 * one_day;

/// A log does not tell what a mail was about: mail to somebody who is suppressed for a list alone may be another one's.
bool is_suppressed_for_a_part(const domain::PersonHistory& person) {
    return std::ranges::any_of(person.complaints, [](const domain::RepeatedComplaint& one) {
        return one.scope.kind != domain::ScopeKind::global;
    });
}

/// Whether the log reaches from then until now; it is read in once a day at least.
bool covers(const std::optional<store::SendLogStatus>& log, Seconds since, Seconds now) {
    return log && log->first_day && *log->first_day <= util::day_of(since) &&
           std::max(log->last_at.value_or(0), *log->last_day * one_day) >= now - one_day;
}

std::optional<Seconds> last_in_log(store::Store& store, const store::Complainants& who, const ListHolders& holders,
                                   Seconds since, Seconds now) {
    std::vector<domain::Address> addresses;
    std::vector<const domain::PersonHistory*> people;
    for (const domain::PersonHistory& person : who.people)
        if (auto address = domain::parse_address(person.address)) {
            addresses.push_back(std::move(*address));
            people.push_back(&person);
        }
    std::optional<Seconds> out;
    store::for_each_delivery_to(addresses, util::day_of(since), util::day_of(now), store.options(),
                                [&](std::size_t index, Seconds sent_at) {
                                    if (sent_at > std::max(since, out.value_or(0)) && sent_at <= now &&
                                        holders.finder.would_leak(*people[index], domain::Scope{}, sent_at))
                                        out = sent_at;
                                });
    return out;
}

} // namespace

void for_each_leak(store::Store& store, const ListHolders& holders, Seconds since,
                   const std::function<void(const domain::Leak&)>& each) {
    if (!holders.runs.empty())
        store.for_each_repeated_complaint(
            since, [&](const domain::PersonHistory& person) { holders.finder.find(person, each); });
}

void add_leaks(domain::Evidence& evidence, store::Store& store, const store::Complainants& who,
               const ListHolders& holders) {
    const Seconds now = evidence.now;
    const Seconds since = std::max(now - longest, evidence.repair ? evidence.repair->value.at : 0);
    domain::Leaks out;
    for_each_leak(store, holders, since, [&](const domain::Leak& leak) {
        if (leak.complaint.certain && leak.complaint.sent_at && leak.complaint.source_ip == evidence.ip.text())
            out.complained.push_back(*leak.complaint.sent_at);
    });
    std::ranges::sort(out.complained);
    out.last_in_log = last_in_log(store, who, holders, since, now);
    out.log_was_read = covers(store::send_log_status(store.options()), since, now) &&
                       std::ranges::none_of(who.people, is_suppressed_for_a_part);
    const char* source = out.log_was_read ? "reports, send log" : "reports";
    evidence.leaks = {{std::move(out), source, now}};
}

} // namespace jmrp::delist
