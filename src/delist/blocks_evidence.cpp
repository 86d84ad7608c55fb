// The parts of the evidence that logs and bounces tell: refusals, deliveries, and whether other addresses were hit as well.
#include <algorithm>
#include <set>

#include "delist/blocks.hpp"
#include "delist/refusal_history.hpp"
#include "reputation/intervals.hpp"
#include "store/send_log.hpp"

namespace jmrp::delist {

namespace {

using domain::Evidence;
using domain::Ip;
using reputation::BlockEventKind;

constexpr int days_remembered = 30;

util::Seconds since(const Evidence& evidence) {
    return evidence.now - days_remembered * a_day;
}

/// When the log was read last; it knows nothing newer.
util::Seconds log_read_at(store::Store& store, util::Seconds now) {
    const auto status = store::send_log_status(store.options());
    return status && status->last_at ? std::min(*status->last_at, now) : now;
}

/// Of the address, to the servers of the list, by time.
std::vector<domain::DeliveryHour> hours_of(const Evidence& evidence, store::Store& store,
                                           const std::vector<domain::Network>& own_networks) {
    std::vector<domain::DeliveryHour> out;
    store.for_each_delivery_hour(since(evidence), [&](const domain::DeliveryHour& hour) {
        if (hour.servers == evidence.list && address_of(hour.ip, own_networks) == evidence.ip)
            out.push_back(hour);
    });
    std::ranges::stable_sort(out, {}, &domain::DeliveryHour::first);
    return out;
}

std::optional<util::Seconds> last_accepted(const std::vector<domain::DeliveryHour>& hours) {
    std::optional<util::Seconds> out;
    for (const domain::DeliveryHour& hour : hours)
        if (hour.last_accepted)
            out = std::max(out.value_or(0), *hour.last_accepted);
    return out;
}

/// The hours of all refusals of the address by the servers of the list, Spamhaus's listings among them.
struct Refusals {
    std::vector<domain::RefusedHour> hours;
    bool by_log = false, by_bounces = false;
};
Refusals refusals_of(const Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks) {
    Refusals out;
    for_each_refusal(
        store, own_networks, since(evidence), [&](const domain::RefusedHour& hour, const domain::Bounced* bounce) {
            if (hour.refused.servers != evidence.list || address_of(hour.refused.ip, own_networks) != evidence.ip)
                return;
            (bounce ? out.by_bounces : out.by_log) = true;
            out.hours.push_back(hour);
        });
    return out;
}

/// When the refusals began that go on: the first after the last accepted mail.
std::optional<util::Seconds> began(const std::vector<domain::RefusedHour>& refusals,
                                   const std::optional<util::Seconds>& accepted) {
    std::optional<util::Seconds> out;
    for (const domain::RefusedHour& hour : refusals)
        if (happening(hour.refused) && hour.last > accepted.value_or(0)) {
            const util::Seconds first = std::max(hour.first, accepted.value_or(0) + 1);
            out = std::min(out.value_or(first), first);
        }
    return out;
}

std::optional<domain::Deliveries::Pause> pause_since(const std::vector<domain::DeliveryHour>& hours,
                                                     util::Seconds refused_since, util::Seconds now,
                                                     util::Seconds wanted) {
    using Pause = domain::Deliveries::Pause;
    util::Seconds last = 0;
    std::optional<Pause> found;
    for (const domain::DeliveryHour& hour : hours) {
        if (last >= refused_since && hour.first - last >= wanted)
            found = Pause{last, hour.first};
        last = std::max(last, hour.last);
    }
    const bool goes_on = last >= refused_since && now > last;
    if (goes_on && (!found || now - last >= wanted))
        found = Pause{last, std::nullopt};
    return found;
}

using SumKey = std::tuple<domain::RejectionCategory, std::optional<domain::BlockList>, std::string>;
using Sums = std::map<SumKey, domain::Refusals>;
SumKey key_of(const domain::Refused& refused) {
    return {refused.category, refused.list, refused.code};
}

/// What the newest refusals said. The hours of the log do not hold it.
void add_newest(const Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks,
                Sums& sums) {
    const auto add = [&](const domain::Refused& refused, util::Seconds at) {
        if (refused.servers != evidence.list || address_of(refused.ip, own_networks) != evidence.ip)
            return;
        const auto sum = sums.find(key_of(refused));
        if (sum != sums.end() && at >= sum->second.last)
            sum->second.newest = domain::Refusals::Sample{refused.text, refused.host};
    };
    for (const domain::RefusedHour& kind : store.newest_refused(since(evidence)))
        add(kind.refused, kind.last);
    for (const domain::Bounced& bounce : store.bounced(since(evidence)))
        if (bounce.proof != domain::BounceProof::none)
            add(bounce.refused, bounce.at);
}

double most_per_minute(const std::vector<domain::DeliveryHour>& hours, util::Seconds from) {
    std::uint16_t out = 0;
    for (const domain::DeliveryHour& hour : hours)
        for (std::size_t minute = 0; minute < hour.minutes.size(); ++minute)
            if (hour.first / an_hour * an_hour + static_cast<util::Seconds>(minute) * 60 + 59 >= from)
                out = std::max(out, hour.minutes[minute]);
    return out;
}

/// When blocks of an address began, of what happened in order of time.
std::vector<util::Seconds> onsets(std::vector<std::pair<util::Seconds, bool>> blocked_at) {
    std::ranges::sort(blocked_at); // of the same second, accepted comes first
    std::vector<util::Seconds> out;
    bool blocked = false;
    for (const auto& [at, block] : blocked_at) {
        if (block && !blocked)
            out.push_back(at);
        blocked = block;
    }
    return out;
}

reputation::Proportion complaints_of(store::Store& store, const std::set<std::string>& addresses, util::Day first,
                                     util::Day last) {
    reputation::Proportion out;
    store::ComplaintQuery complaints;
    complaints.first_day = first;
    store.for_each_complaint_count(complaints, [&](const store::ComplaintCount& count) {
        if (count.arrival_day >= first && count.arrival_day <= last && addresses.contains(std::string(count.name)))
            out.hits += count.complaints;
    });
    store::TrafficQuery sent;
    sent.provider = std::string(to_text(domain::BlockList::outlook_com)); // whose users complain
    sent.first_day = first;
    sent.last_day = last;
    for (const store::TrafficRow& row : store.traffic(sent))
        if (addresses.contains(row.name))
            out.trials += row.accepted;
    return out;
}

} // namespace

void add_refusals(Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks) {
    const std::vector<domain::DeliveryHour> hours = hours_of(evidence, store, own_networks);
    const Refusals refusals = refusals_of(evidence, store, own_networks);
    if (hours.empty() && refusals.hours.empty())
        return;
    const util::Seconds accepted = last_accepted(hours).value_or(0);
    Sums sums;
    for (const domain::RefusedHour& hour : refusals.hours) {
        if (hour.last <= accepted)
            continue;
        domain::Refusals& sum = sums[key_of(hour.refused)];
        const util::Seconds first = std::max(hour.first, accepted + 1);
        sum.first = sum.count == 0 ? first : std::min(sum.first, first);
        sum.last = std::max(sum.last, hour.last);
        sum.category = hour.refused.category;
        sum.list = hour.refused.list;
        sum.code = hour.refused.code;
        sum.count += hour.count;
    }
    add_newest(evidence, store, own_networks, sums);
    std::vector<domain::Refusals> out;
    for (auto& [key, sum] : sums)
        out.push_back(std::move(sum));
    const char* source = !refusals.by_bounces                ? "send log"
                         : refusals.by_log || !hours.empty() ? "send log, bounces"
                                                             : "bounces";
    evidence.refusals = {{std::move(out), source, log_read_at(store, evidence.now)}};
}

void add_deliveries(Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks,
                    const reputation::GatePolicy& policy) {
    const std::vector<domain::DeliveryHour> hours = hours_of(evidence, store, own_networks);
    if (hours.empty())
        return;
    domain::Deliveries out;
    out.last_accepted = last_accepted(hours);
    if (const auto refused_since = began(refusals_of(evidence, store, own_networks).hours, out.last_accepted)) {
        out.pause = pause_since(hours, *refused_since, evidence.now, policy.pause_hours * an_hour);
        out.most_per_minute = most_per_minute(hours, *refused_since);
    }
    evidence.deliveries = {{out, "send log", log_read_at(store, evidence.now)}};
}

void add_fleet(Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks,
               const reputation::GatePolicy& policy) {
    std::map<Ip, std::vector<std::pair<util::Seconds, bool>>> happened; // of every address that sends to the list
    store.for_each_delivery_hour(since(evidence), [&](const domain::DeliveryHour& hour) {
        const auto ip = address_of(hour.ip, own_networks);
        if (hour.servers != evidence.list || !ip)
            return;
        auto& of_ip = happened[*ip];
        if (hour.last_accepted)
            of_ip.emplace_back(*hour.last_accepted, false);
    });
    if (happened.empty())
        return;
    happened.try_emplace(evidence.ip);
    for_each_refusal(store, own_networks, since(evidence),
                     [&](const domain::RefusedHour& hour, const domain::Bounced*) {
                         const auto place = place_of(hour.refused, own_networks);
                         if (place && place->list == evidence.list && happening(hour.refused) == BlockEventKind::block)
                             for (const util::Seconds at : {hour.first, hour.last})
                                 happened[place->ip].emplace_back(at, true);
                     });
    const std::vector<util::Seconds> own = onsets(happened[evidence.ip]);
    domain::Fleet out;
    out.addresses = static_cast<std::int64_t>(happened.size());
    std::set<std::string> hit;
    for (const auto& [ip, events] : happened)
        for (const util::Seconds at : onsets(events))
            if (!own.empty() && std::abs(at - own.back()) <= policy.incident_hours * an_hour) {
                out.first_hit = out.first_hit == 0 ? at : std::min(out.first_hit, at);
                hit.insert(ip.text());
            }
    out.hit = static_cast<std::int64_t>(hit.size());
    if (out.hit > 0) {
        constexpr util::Day recent_days = 7;
        constexpr util::Day before_days = 21;
        const util::Day last = util::day_of(out.first_hit);
        const reputation::Change change = reputation::change_of_rate(
            complaints_of(store, hit, last - recent_days + 1, last),
            complaints_of(store, hit, last - recent_days - before_days + 1, last - recent_days));
        out.complaints_rose = change.chance_of_so_many < policy.unlikely;
    }
    evidence.fleet = {{out, "send log", log_read_at(store, evidence.now)}};
}

} // namespace jmrp::delist
