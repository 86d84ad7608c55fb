#include "reputation/health.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "reputation/leaks.hpp"
#include "reputation/wording.hpp"

namespace jmrp::reputation {

namespace {

/// The days of each feed, in order.
using Feeds = std::map<std::string, std::vector<domain::FeedDay>>;

struct Ground {
    const Observed& observed;
    const Thresholds& thresholds;
    Feeds feeds;
    util::Day today;
};

Proportion attributed_in(const std::vector<domain::FeedDay>& days, util::Day first, util::Day last) {
    Proportion out;
    for (const domain::FeedDay& day : days)
        if (day.day >= first && day.day <= last)
            out += {day.attributed, day.complaints};
    return out;
}

std::string told(const Proportion& share) {
    return number(share.hits) + " of " + number(share.trials) + " complaints (" + number(percent(share).value_or(0)) +
           " %)";
}

// ---- the rules

/// The recent days are three, more where those hold too few complaints to tell anything.
Finding judge_share(const Ground& ground, const std::string& feed, const std::vector<domain::FeedDay>& days) {
    constexpr util::Day before_days = 28;
    constexpr std::int64_t least_recent = 10;
    constexpr std::int64_t least_before = 30;
    constexpr double unlikely = 0.001;
    Proportion recent;
    util::Day recent_days = 0;
    for (const util::Day candidate : {3, 7, 14}) {
        recent_days = candidate;
        recent = attributed_in(days, ground.today - recent_days + 1, ground.today);
        if (recent.trials >= least_recent)
            break;
    }
    const util::Day border = ground.today - recent_days;
    const Proportion before = attributed_in(days, border - before_days + 1, border);
    Finding out;
    if (recent.trials > 0)
        out.figures.push_back({"attributed " + feed, *percent(recent), "%", std::nullopt});
    const std::string now_told =
        told(recent) + " of the last " + number(std::int64_t{recent_days}) + " days attributed";
    if (recent.trials < least_recent || before.trials < least_before) {
        out.sentence = now_told + "; too few to compare with the " + number(std::int64_t{before_days}) + " days before";
        return out;
    }
    out.sentence = now_told + ", " + told(before) + " in the " + number(std::int64_t{before_days}) + " before";
    const double chance = chance_of_so_few(recent, before);
    if (chance > unlikely)
        return out;
    const double of_before = 100 * *percent(recent) / *percent(before);
    out.level = level_of(of_before, ground.thresholds.share, falls_below);
    if (out.level != Level::ok)
        out.sentence += "; chance does that less than once in " +
                        number(std::pow(10, std::floor(-std::log10(std::max(chance, 1e-15))))) + " times";
    return out;
}

/// A pause is as long as from one day with reports to the next. For pauses of random length the next one is longer than the
/// longest of n and an average one together about once in 2.7 (n + 1) pauses.
Finding judge_silence(const Ground& ground, const std::string& feed, const std::vector<domain::FeedDay>& days) {
    constexpr util::Day window =
        60; // days before the last report, so that a feed that died long ago still counts as silent
    constexpr std::size_t least_days = 5;
    util::Seconds last_at = 0;
    for (const domain::FeedDay& day : days)
        last_at = std::max(last_at, day.last_report_at);
    std::vector<util::Day> seen;
    for (const domain::FeedDay& day : days)
        if (day.reports > 0 && day.day > util::day_of(last_at) - window)
            seen.push_back(day.day);
    const double silent = std::max<double>(0, static_cast<double>(ground.observed.now - last_at));
    Finding out;
    out.figures.push_back({"silence " + feed, silent, "s", std::nullopt});
    out.sentence = "last report " + duration(silent) + " ago";
    if (seen.size() < least_days) {
        out.sentence += "; too short a history to know its habit";
        return out;
    }
    util::Day longest = 0;
    for (std::size_t i = 1; i < seen.size(); ++i)
        longest = std::max(longest, seen[i] - seen[i - 1]);
    const double average = static_cast<double>(seen.back() - seen.front()) / static_cast<double>(seen.size() - 1);
    const double habit = (longest + average) * seconds_per_day;
    const Bounds bounds = scaled(ground.thresholds.silence, habit / 100);
    out.level = level_of(silent, bounds, exceeds);
    out.figures.back().bounds = bounds;
    out.sentence += "; its longest pause was " + number(std::int64_t{longest}) + (longest == 1 ? " day" : " days") +
                    ", an average one " + number(average, 1);
    return out;
}

Finding judge_tokens(const Ground& ground, const std::string& feed, const std::vector<domain::FeedDay>& days) {
    constexpr util::Day recent_days = 3;
    constexpr std::int64_t least_refused = 5;
    Proportion refused;
    for (const domain::FeedDay& day : days)
        if (day.day > ground.today - recent_days)
            refused += {day.tokens_refused, day.tokens_refused + day.tokens_opened};
    Finding out;
    if (refused.trials == 0) {
        out.sentence = "no tokens in the reports of the last 3 days";
        return out;
    }
    const Bounds& bounds = ground.thresholds.tokens;
    out.sentence = number(refused.hits) + " of " + number(refused.trials) +
                   " reports of the last 3 days bring a token that does not open";
    out.figures.push_back({"tokens refused " + feed, *percent(refused), "%", bounds});
    if (refused.hits >= least_refused)
        out.level = level_of(*percent(refused), bounds, reaches);
    if (out.level != Level::ok)
        out.sentence += ": a key is missing or somebody forges tokens";
    return out;
}

Finding judge_unsettled(const Ground& ground) {
    const domain::Backlog& backlog = ground.observed.backlog;
    Finding out;
    double age = 0;
    if (backlog.unsettled > 0 && backlog.oldest_unsettled)
        age = std::max<double>(0, static_cast<double>(ground.observed.now - *backlog.oldest_unsettled));
    const Bounds bounds = scaled(ground.thresholds.unsettled, seconds_per_minute);
    out.figures = {{"unsettled", static_cast<double>(backlog.unsettled), "", std::nullopt},
                   {"unsettled age", age, "s", bounds}};
    out.sentence =
        backlog.unsettled == 0
            ? "nothing waits to be settled"
            : number(backlog.unsettled) + " messages wait to be settled, the oldest came " + duration(age) + " ago";
    if (backlog.rebuilding > 0 && backlog.rebuild_began) {
        const double since = std::max<double>(0, static_cast<double>(ground.observed.now - *backlog.rebuild_began));
        out.sentence += "; a rebuild that began " + duration(since) + " ago has " + number(backlog.rebuilding) +
                        " messages left to read again";
        age = std::max(age, since);
    }
    out.level = level_of(age, bounds, exceeds);
    if (out.level != Level::ok)
        out.sentence += ": does cron run 'jmrp settle'?";
    return out;
}

Finding judge_quarantine(const Ground& ground) {
    const auto quarantined = static_cast<double>(ground.observed.backlog.quarantined);
    const Bounds& bounds = ground.thresholds.quarantine;
    Finding out;
    out.figures = {{"quarantined", quarantined, "", bounds}};
    out.level = level_of(quarantined, bounds, reaches);
    out.sentence = quarantined == 0 ? "nothing in quarantine"
                                    : number(quarantined) + " messages in quarantine: 'jmrp quarantine list'";
    return out;
}

Finding judge_held(const Ground& ground) {
    std::int64_t held = 0;
    util::Seconds oldest = ground.observed.now;
    std::string reasons;
    for (const domain::Backlog::Held& one : ground.observed.backlog.held) {
        held += one.reports;
        oldest = std::min(oldest, one.oldest);
        if (one.reports > 0)
            reasons += (reasons.empty() ? "" : ", ") + number(one.reports) + " " + std::string(to_text(one.reason));
    }
    const auto age = static_cast<double>(ground.observed.now - oldest);
    const Bounds bounds = scaled(ground.thresholds.held, seconds_per_hour);
    Finding out;
    out.figures = {{"held", static_cast<double>(held), "", std::nullopt}, {"held age", age, "s", bounds}};
    if (held == 0) {
        out.sentence = "no report is held";
        return out;
    }
    out.level = level_of(age, bounds, exceeds);
    out.sentence = number(held) + " reports are held (" + reasons + "), the oldest came " + duration(age) +
                   " ago: 'jmrp review list'";
    return out;
}

/// The bound exists for floods; that it was hit is never a matter of degree.
Finding judge_pace(const Ground& ground) {
    Finding out;
    out.sentence = "no flood";
    for (const domain::Backlog::Held& one : ground.observed.backlog.held)
        if (one.reason == domain::Hold::pace && one.reports > 0) {
            out.level = Level::critical;
            out.sentence = "a flood: " + number(one.reports) +
                           " reports are held because their feed would suppress more people an hour than "
                           "policy.pace_per_hour: 'jmrp review list --reason pace'";
        }
    return out;
}

/// The list is of use only where those who send the mail have it.
Finding judge_exports(const Ground& ground) {
    const auto& consumers = ground.observed.exports;
    const Bounds bounds = scaled(ground.thresholds.exports, seconds_per_minute);
    Finding out;
    double oldest = 0;
    const domain::ConsumerLag* last = nullptr;
    for (const domain::ConsumerLag& one : consumers)
        if (one.lag.changes > 0 && one.lag.since) {
            const double age = std::max<double>(0, static_cast<double>(ground.observed.now - *one.lag.since));
            if (!last || age > oldest)
                last = &one;
            oldest = std::max(oldest, age);
        }
    out.figures = {{"export lag", oldest, "s", bounds}};
    if (!last) {
        out.sentence = consumers.empty() ? "no export is configured" : "every export has all that is suppressed";
        return out;
    }
    out.level = level_of(oldest, bounds, exceeds);
    out.sentence = "the export " + last->name + " lacks " + number(last->lag.changes) + " changes, the oldest for " +
                   duration(oldest);
    if (last->failures > 0)
        out.sentence += "; it failed " + number(last->failures) + " times: " + last->last_error;
    else if (out.level != Level::ok)
        out.sentence += ": does cron run 'jmrp export'?";
    return out;
}

Finding judge_leaks_of(const Ground& ground) {
    return judge_leaks(ground.observed.leaks, !ground.observed.exports.empty(), leak_days, ground.thresholds.leaks);
}

Finding judge_poll(const Ground& ground, const domain::PolledFeed& mailbox) {
    Finding out;
    if (!mailbox.polled_at) {
        out.level = Level::warning;
        out.sentence = "its mailbox was never polled to the end: 'jmrp poll " + mailbox.feed + "' says why";
        return out;
    }
    const double age = std::max<double>(0, static_cast<double>(ground.observed.now - *mailbox.polled_at));
    const Bounds bounds = scaled(ground.thresholds.poll, seconds_per_minute);
    out.figures = {{"poll age " + mailbox.feed, age, "s", bounds}};
    out.level = level_of(age, bounds, exceeds);
    out.sentence = "its mailbox was last polled " + duration(age) + " ago";
    if (out.level != Level::ok)
        out.sentence += ": 'jmrp poll " + mailbox.feed + "' says why";
    return out;
}

/// One of the three.
struct Rule {
    const char* name;
    Finding (*of_feed)(const Ground& ground, const std::string& feed, const std::vector<domain::FeedDay>& days);
    Finding (*of_mailbox)(const Ground& ground, const domain::PolledFeed& mailbox);
    Finding (*of_all)(const Ground& ground);
};
constexpr Rule rules[] = {
    {"pace", nullptr, nullptr, judge_pace},       {"share", judge_share, nullptr, nullptr},
    {"silence", judge_silence, nullptr, nullptr}, {"tokens", judge_tokens, nullptr, nullptr},
    {"poll", nullptr, judge_poll, nullptr},       {"unsettled", nullptr, nullptr, judge_unsettled},
    {"held", nullptr, nullptr, judge_held},       {"quarantine", nullptr, nullptr, judge_quarantine},
    {"exports", nullptr, nullptr, judge_exports}, {"leaks", nullptr, nullptr, judge_leaks_of},
};

} // namespace

std::vector<Finding> judge_health(const Observed& observed, const Thresholds& thresholds) {
    Ground ground{observed, thresholds, {}, util::day_of(observed.now)};
    for (const domain::FeedDay& day : observed.days)
        ground.feeds[day.feed].push_back(day);
    for (auto& [feed, days] : ground.feeds)
        std::ranges::sort(days, {}, &domain::FeedDay::day);
    std::vector<Finding> out;
    const auto add = [&](const Rule& rule, const std::string& feed, Finding finding) {
        finding.rule = rule.name;
        finding.feed = feed;
        out.push_back(std::move(finding));
    };
    for (const Rule& rule : rules) {
        if (rule.of_all)
            add(rule, "", rule.of_all(ground));
        if (rule.of_feed)
            for (const auto& [feed, days] : ground.feeds)
                add(rule, feed, rule.of_feed(ground, feed, days));
        if (rule.of_mailbox)
            for (const domain::PolledFeed& mailbox : observed.mailboxes)
                add(rule, mailbox.feed, rule.of_mailbox(ground, mailbox));
        if (rule.of_feed == judge_silence && ground.feeds.empty())
            add(rule, "", {Level::unknown, "", "", "no feedback report has come yet", {}});
    }
    return out;
}

Level worst(const std::vector<Finding>& findings) noexcept {
    constexpr Level by_weight[] = {Level::critical, Level::warning, Level::unknown};
    for (const Level level : by_weight)
        if (std::ranges::any_of(findings, [level](const Finding& finding) { return finding.level == level; }))
            return level;
    return Level::ok;
}

Proportion attributed_share(const std::vector<domain::FeedDay>& days, std::string_view feed, util::Day first,
                            util::Day last) {
    Proportion out;
    for (const domain::FeedDay& day : days)
        if (day.feed == feed && day.day >= first && day.day <= last)
            out += {day.attributed, day.complaints};
    return out;
}

} // namespace jmrp::reputation
