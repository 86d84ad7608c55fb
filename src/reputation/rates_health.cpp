#include "reputation/rates_health.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "reputation/wording.hpp"

namespace jmrp::reputation {

namespace {

constexpr std::size_t most_named = 3; // in one finding

/// A name that asks for somebody.
struct Alarm {
    const WatchedRate* about = nullptr;
    Level level = Level::ok;
    double weight = 0; ///< the more, the worse
    std::string sentence;
};

/// The worst are named, the others counted.
void tell(std::vector<Alarm>& alarms, Finding& finding) {
    std::ranges::stable_sort(alarms, [](const Alarm& a, const Alarm& b) {
        return a.level != b.level ? a.level > b.level : a.weight > b.weight;
    });
    for (std::size_t i = 0; i < std::min(alarms.size(), most_named); ++i)
        finding.sentence += (i > 0 ? "; " : "") + alarms[i].about->name + ": " + alarms[i].sentence;
    if (alarms.size() > most_named)
        finding.sentence += "; and " + number(static_cast<std::int64_t>(alarms.size() - most_named)) + " more";
    if (!alarms.empty())
        finding.level = alarms.front().level;
}

/// Whether it goes on. Where it is not known, what the long days say stands: no data is no good news.
bool is_still_above(const Rate& rate, double bound) {
    if (rate.gap == Gap::nothing_accepted || rate.gap == Gap::no_traffic_of_name)
        return false; // nothing is sent any more
    return rate.gap || *percent(rate.of) > bound;
}

Level level_of(const WatchedRate& one, const RateAlarms& alarms) {
    if (one.in_long.gap || one.in_long.of.trials < alarms.least_accepted ||
        one.in_long.of.hits < alarms.least_complaints)
        return Level::ok;
    const auto above = [&](double bound) {
        return 100 * one.in_long.interval.lower > bound && is_still_above(one.in_short, bound);
    };
    return above(alarms.rate.critical) ? Level::critical : above(alarms.rate.warning) ? Level::warning : Level::ok;
}

std::string rate_sentence(const WatchedRate& one, const RateAlarms& alarms) {
    const Rate& rate = one.in_long;
    std::string out = number(rate.of.hits) + " complaints of " + number(rate.of.trials) + " accepted mails in " +
                      counted(alarms.long_days, "day") + " and today, " + percent_text(*percent(rate.of)) + " (" +
                      percent_text(100 * rate.interval.lower) + " to " + percent_text(100 * rate.interval.upper) + ")";
    if (!one.in_short.gap)
        out += ", still " + percent_text(*percent(one.in_short.of)) + " in " + counted(alarms.short_days, "day");
    return out;
}

/// "unknown for 3 (no-traffic-of-name), 1 (feeds-silent)".
std::string gaps_of(const std::vector<WatchedRate>& watched) {
    std::map<Gap, std::int64_t> gaps;
    for (const WatchedRate& one : watched)
        if (one.in_long.gap && *one.in_long.gap != Gap::no_name)
            ++gaps[*one.in_long.gap];
    std::string out;
    for (const auto& [gap, count] : gaps)
        out += (out.empty() ? "unknown for " : ", ") + number(std::int64_t{count}) + " (" +
               std::string(domain::to_text(gap)) + ")";
    return out;
}

Finding judge_rate(const std::vector<WatchedRate>& watched, const RateAlarms& alarms) {
    Finding out;
    std::vector<Alarm> found;
    std::int64_t known = 0;
    double worst = 0;
    for (const WatchedRate& one : watched) {
        known += one.in_long.gap ? 0 : 1;
        if (!one.in_long.gap && one.in_long.of.trials >= alarms.least_accepted)
            worst = std::max(worst, *percent(one.in_long.of));
        const Level level = level_of(one, alarms);
        if (level != Level::ok)
            found.push_back({&one, level, one.in_long.interval.lower, rate_sentence(one, alarms)});
    }
    if (known > 0)
        out.figures.push_back({"rate worst", worst, "%", alarms.rate});
    out.figures.push_back({"rates too high", static_cast<double>(found.size()), "", std::nullopt});
    tell(found, out);
    if (found.empty())
        out.sentence = known == 0
                           ? "no rate of complaints is known"
                           : "no rate of complaints of " + number(std::int64_t{known}) + " source IPs is above " +
                                 percent_text(alarms.rate.warning) + " in " + counted(alarms.long_days, "day") +
                                 " for sure, and still in " + counted(alarms.short_days, "day");
    if (const std::string gaps = gaps_of(watched); !gaps.empty())
        out.sentence += "; " + gaps;
    if (known == 0)
        out.sentence += ": 'jmrp rates' says why";
    return out;
}

/// Percent of the rate before.
double risen_to(const Trend& trend) {
    const double before = *percent(trend.before);
    return before > 0 ? 100 * *percent(trend.recent) / before : std::numeric_limits<double>::infinity();
}

std::string rise_sentence(const Trend& trend) {
    return number(trend.recent.hits) + " complaints of " + number(trend.recent.trials) + " accepted mails in " +
           counted(trend.recent_days.count(), "day") + ", " + number(trend.before.hits) + " of " +
           number(trend.before.trials) + " in as many before";
}

/// Where there are many names, chance has as many tries.
Finding judge_rise(const std::vector<WatchedRate>& watched, const RateAlarms& alarms) {
    constexpr double unlikely = 0.001;
    std::int64_t tries = 0;
    for (const WatchedRate& one : watched)
        for (const Trend* trend : {&one.short_trend, &one.long_trend})
            tries += trend->course != Course::unknown ? 1 : 0;
    Finding out;
    std::vector<Alarm> found;
    for (const WatchedRate& one : watched) {
        Alarm alarm{&one, Level::ok, 0, {}};
        for (const Trend* trend : {&one.long_trend, &one.short_trend}) {
            if (trend->course != Course::rising || trend->recent.hits < alarms.least_complaints ||
                trend->chance * static_cast<double>(tries) > unlikely)
                continue;
            const double risen = risen_to(*trend);
            const Level level = risen >= alarms.rise.critical  ? Level::critical
                                : risen >= alarms.rise.warning ? Level::warning
                                                               : Level::ok;
            if (level > alarm.level)
                alarm = {&one, level, static_cast<double>(trend->recent.hits), rise_sentence(*trend)};
        }
        if (alarm.level != Level::ok)
            found.push_back(std::move(alarm));
    }
    out.figures.push_back({"rates rising", static_cast<double>(found.size()), "", std::nullopt});
    tell(found, out);
    if (found.empty())
        out.sentence = tries == 0 ? "no rate of complaints can be compared with the one before"
                                  : "no rate of complaints rose by more than chance explains";
    return out;
}

Days days_until_today(int days, util::Day today) {
    return {today - days, today};
}

Days whole_days(int days, util::Day today) {
    return {today - days, today - 1};
}

} // namespace

std::vector<WatchedRate> watch(const std::vector<RateSubject>& subjects, const RateGround& ground,
                               const RateRules& rules, const RateAlarms& alarms) {
    const auto in_short = rates_of(subjects, days_until_today(alarms.short_days, ground.today), ground, rules);
    const auto in_long = rates_of(subjects, days_until_today(alarms.long_days, ground.today), ground, rules);
    const auto short_trends = trends_of(subjects, whole_days(alarms.short_days, ground.today), ground, rules);
    const auto long_trends = trends_of(subjects, whole_days(alarms.long_days, ground.today), ground, rules);
    std::vector<WatchedRate> out;
    for (std::size_t i = 0; i < subjects.size(); ++i)
        out.push_back({subjects[i].name, in_short[i], in_long[i], short_trends[i], long_trends[i]});
    return out;
}

util::Day first_day_watched(const RateAlarms& alarms, util::Day today) noexcept {
    return first_day_needed(days_until_today(std::max(alarms.short_days, alarms.long_days), today));
}

std::vector<Finding> judge_rates(const std::vector<WatchedRate>& watched, const RateAlarms& alarms) {
    std::vector<Finding> out = {judge_rate(watched, alarms), judge_rise(watched, alarms)};
    out[0].rule = "rate";
    out[1].rule = "rise";
    return out;
}

} // namespace jmrp::reputation
