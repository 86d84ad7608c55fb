#include "cli/overview.hpp"

#include <algorithm>
#include <map>

#include "cli/blocks.hpp"
#include "cli/feeds.hpp"
#include "cli/leaks.hpp"
#include "cli/rating.hpp"
#include "cli/version.hpp"
#include "handover/run.hpp"

namespace jmrp::cli {

namespace {

using reputation::Gap;
using reputation::Rate;
using reputation::RateSubject;

/// Rows of their own for so many addresses at most, where nobody said which are ours: reports may name any.
constexpr std::size_t most_unknown_ips = 1000;
/// What was never told is older than this.
constexpr util::Day remembered_days = 400;

bool is_own(const std::vector<domain::Network>& own_networks, std::string_view source_ip) {
    const auto ip = domain::parse_ip(source_ip);
    return ip && any_contains(own_networks, *ip);
}

bool tells_accepted(const Rate& rate) {
    return !rate.gap || rate.gap == Gap::nothing_accepted || rate.gap == Gap::more_complaints_than_accepted ||
           rate.gap == Gap::feeds_silent;
}

publish::SourceIp row_of(const RateSubject& subject, const Rate& rate) {
    publish::SourceIp out;
    out.source_ip = subject.name.empty() ? "unknown" : subject.name;
    out.complaints = rate.arrived.complaints;
    if (tells_accepted(rate))
        out.accepted = rate.accepted;
    if (!rate.gap)
        out.complaint_ratio = publish::Bounds{rate.interval.lower, rate.interval.upper};
    if (!subject.snds.empty())
        out.snds = *std::ranges::max_element(subject.snds, {}, &domain::SndsDay::period_end);
    return out;
}

/// One row for each address of ours; what reports say of others is added up.
std::vector<publish::SourceIp> source_ips(const std::vector<RateSubject>& subjects, const std::vector<Rate>& rates,
                                          const std::vector<domain::Network>& own_networks) {
    std::vector<publish::SourceIp> out;
    std::vector<publish::SourceIp> others;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        publish::SourceIp row = row_of(subjects[i], rates[i]);
        if (row.complaints == 0 && row.accepted.value_or(0) == 0 && !row.snds)
            continue;
        const bool own = own_networks.empty() || subjects[i].name.empty() || is_own(own_networks, subjects[i].name);
        (own ? out : others).push_back(std::move(row));
    }
    if (own_networks.empty() && out.size() > most_unknown_ips) {
        std::ranges::stable_sort(out, std::ranges::greater{}, &publish::SourceIp::complaints);
        others.insert(others.end(), out.begin() + most_unknown_ips, out.end());
        out.resize(most_unknown_ips);
    }
    publish::SourceIp rest{"other", 0, std::nullopt, std::nullopt, std::nullopt};
    for (const publish::SourceIp& row : others)
        rest.complaints += row.complaints;
    if (rest.complaints > 0)
        out.push_back(std::move(rest));
    return out;
}

/// Those that hold an address of ours.
std::vector<domain::SndsStatus> own_ranges(const std::vector<domain::SndsStatus>& ranges,
                                           const std::vector<domain::Network>& own_networks,
                                           const std::vector<RateSubject>& subjects) {
    std::vector<domain::SndsStatus> out;
    const auto holds = [](const domain::SndsStatus& range, const domain::Ip& ip) {
        return range.first <= ip && ip <= range.last;
    };
    for (const domain::SndsStatus& range : ranges) {
        const bool of_network = any_contains(own_networks, range.first) || any_contains(own_networks, range.last) ||
                                std::ranges::any_of(own_networks, [&](const domain::Network& network) {
                                    return holds(range, network.base);
                                });
        const bool of_subject = std::ranges::any_of(subjects, [&](const RateSubject& subject) {
            const auto ip = domain::parse_ip(subject.name);
            return ip && holds(range, *ip);
        });
        if (of_network || of_subject)
            out.push_back(range);
    }
    return out;
}

std::vector<publish::Feed> feeds(const std::vector<domain::FeedDay>& days,
                                 const std::vector<domain::PolledFeed>& mailboxes, util::Day first_day) {
    std::map<std::string, publish::Feed> by_name;
    for (const domain::FeedDay& day : days) {
        publish::Feed& feed = by_name[day.feed];
        feed.last_report_at = std::max(feed.last_report_at.value_or(0), day.last_report_at);
        if (day.day < first_day)
            continue;
        feed.complaints += day.complaints;
        feed.attributed += day.attributed;
    }
    for (const domain::PolledFeed& mailbox : mailboxes)
        by_name[mailbox.feed].polled_at = mailbox.polled_at;
    std::vector<publish::Feed> out;
    for (auto& [name, feed] : by_name) {
        feed.name = name;
        out.push_back(std::move(feed));
    }
    return out;
}

} // namespace

publish::Overview gather_overview(store::Store& store, const Config& config, util::Seconds now) {
    publish::Overview out;
    out.version = version;
    store.in_snapshot([&] {
        const util::Day today = util::day_of(now);
        const util::Day first_day = today - out.window_days + 1;
        out.feeds = feeds(store.feed_days(today - remembered_days), polled_feeds(config, store), first_day);
        const reputation::Days window{first_day, today};
        const RateGrounds grounds =
            gather_rates(store, config, domain::TrafficBy::source_ip, reputation::first_day_needed(window), now);
        const std::vector<domain::Network>& own_networks = config.rules.reading.own_networks;
        out.source_ips = source_ips(grounds.subjects, rates_of(grounds.subjects, window, grounds.ground, config.rates),
                                    own_networks);
        out.snds_ranges = own_ranges(store.snds_standing().ranges, own_networks, grounds.subjects);
        out.snds_sources = store.snds_sources();
        out.blocks = blocks_to_publish(store, config, now);
        out.backlog = store.backlog();
        out.dkim_waiting = store.dkim_waiting_count();
        store.for_each_suppression(now, [&](const domain::Suppression& one) { out.suppressed += one.active ? 1 : 0; });
        out.exports = handover::lags(store, config.exports, now);
        for_each_leak(store, config, out.window_days, now, [&](const domain::Leak& leak) { add_to(out.leaks, leak); });
    });
    return out;
}

} // namespace jmrp::cli
