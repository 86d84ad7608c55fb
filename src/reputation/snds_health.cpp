#include "reputation/snds_health.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "reputation/wording.hpp"

namespace jmrp::reputation {

namespace {

using domain::SndsDay;
using domain::SndsKind;
using domain::SndsSource;

/// A day is judged as long as it is one of these: it is published one or two days late, and a check may not run each day.
constexpr util::Day judged_days = 7;
/// How far back mail is compared with days.
constexpr util::Day compared_days = 14;

struct Ground {
    const SndsObserved& observed;
    const SndsThresholds& thresholds;
    util::Day today;
    std::vector<const SndsDay*> own;        ///< rows of our IPs
    std::optional<util::Day> newest;        ///< of those
    std::map<util::Day, std::int64_t> sent; ///< from our IPs
};

double days_since(const Ground& ground, util::Seconds at) {
    return std::max<double>(0, static_cast<double>(ground.observed.now - at)) / seconds_per_day;
}

std::string days(double count) {
    return counted(static_cast<std::int64_t>(count), "day");
}

std::string told(const SndsDay& day) {
    return day.ip.text() + " on " + util::iso_day(day.day);
}

/// The last of our rows, as long as they are judged.
std::vector<const SndsDay*> judged(const Ground& ground) {
    std::vector<const SndsDay*> out;
    for (const SndsDay* day : ground.own)
        if (day->day > ground.today - judged_days)
            out.push_back(day);
    return out;
}

Finding nothing_to_judge() {
    return {Level::ok,
            "",
            "",
            "no row of the last " + number(std::int64_t{judged_days}) +
                " days is about an IP of yours: unknown, which is not clean",
            {}};
}

// ---- is it still told?

Finding judge_link(const Ground& ground) {
    Finding out;
    if (!ground.observed.has_links) {
        out.sentence = "no link with a key is configured";
        return out;
    }
    double oldest = -1;
    for (const SndsSource& source : ground.observed.sources)
        if (source.source.ends_with("-link"))
            oldest = std::max(oldest, days_since(ground, source.first_used));
    if (oldest < 0) {
        out.sentence = "the links were never used: does cron run 'jmrp snds fetch'?";
        out.level = Level::warning;
        return out;
    }
    const Bounds& bounds = ground.thresholds.link;
    out.level = level_of(oldest, bounds, exceeds);
    out.figures = {{"snds link age", oldest * seconds_per_day, "s", scaled(bounds, seconds_per_day)}};
    out.sentence = "the oldest link is in use for " + days(oldest) + "; it ends after 30";
    if (out.level != Level::ok)
        out.sentence += ": make a new one on the page of SNDS";
    return out;
}

Finding judge_token(const Ground& ground) {
    const auto& sources = ground.observed.sources;
    const auto found = std::ranges::find(sources, SndsKind::sign_in, &SndsSource::kind);
    Finding out;
    if (!ground.observed.signed_in) {
        out.sentence = "nobody is signed in";
        if (found != sources.end() && !ground.observed.has_links) {
            out.level = Level::critical;
            out.sentence += " any more: 'jmrp snds login'";
        }
        return out;
    }
    if (found == sources.end() || (!found->last_ok && found->failures == 0)) {
        out.sentence = "the sign-in was never used: does cron run 'jmrp snds fetch'?";
        out.level = Level::warning;
        return out;
    }
    const double unused = days_since(ground, found->last_ok.value_or(found->first_used));
    const Bounds& bounds = ground.thresholds.token;
    out.figures = {{"snds token age", unused * seconds_per_day, "s", scaled(bounds, seconds_per_day)}};
    out.level = level_of(unused, bounds, exceeds);
    out.sentence = "the sign-in was used " + duration(unused * seconds_per_day) + " ago";
    if (found->failures > 0) {
        out.level = found->needs_person ? Level::critical : std::max(out.level, Level::warning);
        out.sentence += " and failed since: " + found->last_error;
    }
    return out;
}

Finding judge_access(const Ground& ground) {
    Finding out;
    if (!ground.observed.access_since) {
        out.sentence = "snds.access_since does not say when access to your networks was confirmed; it lapses after ten "
                       "months";
        return out;
    }
    const double age = static_cast<double>(ground.today - *ground.observed.access_since);
    const Bounds& bounds = ground.thresholds.access;
    out.level = level_of(age, bounds, exceeds);
    out.figures = {{"snds access age", age * seconds_per_day, "s", scaled(bounds, seconds_per_day)}};
    out.sentence = "access to your networks was confirmed " + days(age) + " ago; it lapses after ten months";
    if (out.level != Level::ok)
        out.sentence += ", and the feedback reports with it: confirm it on the page of SNDS, and set snds.access_since";
    return out;
}

Finding judge_fetch(const Ground& ground) {
    Finding out;
    if (!ground.observed.has_links && !ground.observed.signed_in) {
        out.sentence = "nothing is fetched; files are read in by hand";
        return out;
    }
    std::optional<util::Seconds> last_ok;
    const SndsSource* broken = nullptr;
    const SndsSource* failing = nullptr;
    for (const SndsSource& source : ground.observed.sources) {
        if (source.kind == SndsKind::sign_in || source.source == "import")
            continue;
        last_ok = std::max(last_ok, source.last_ok);
        if (source.failures > 0)
            (source.needs_person ? broken : failing) = &source;
    }
    const Bounds bounds = scaled(ground.thresholds.fetch, seconds_per_hour);
    if (last_ok) {
        const auto age = std::max<double>(0, static_cast<double>(ground.observed.now - *last_ok));
        out.level = level_of(age, bounds, exceeds);
        out.figures = {{"snds fetch age", age, "s", bounds}};
        out.sentence = "last fetched " + duration(age) + " ago";
    } else {
        out.level = Level::warning;
        out.sentence = "nothing was ever fetched: 'jmrp snds fetch' says why";
    }
    if (broken)
        out.level = Level::critical;
    if (const SndsSource* trouble = broken ? broken : failing)
        out.sentence += "; " + trouble->source + " (" + std::string(to_text(trouble->kind)) +
                        ") failed since: " + trouble->last_error;
    else if (last_ok && out.level != Level::ok)
        out.sentence += ": does cron run 'jmrp snds fetch'?";
    return out;
}

Finding judge_data(const Ground& ground) {
    Finding out;
    out.sentence = ground.newest ? "the newest day with data is " + util::iso_day(*ground.newest)
                                 : std::string("there is no data about an IP of yours");
    if (ground.newest)
        out.figures = {{"snds data age", static_cast<double>(ground.today - *ground.newest) * seconds_per_day, "s",
                        scaled(ground.thresholds.data, seconds_per_day)}};
    if (ground.observed.sent.empty()) {
        out.sentence += "; the send log tells of no mail to outlook.com, so nobody knows whether there should be more";
        return out;
    }
    double behind = 0;
    for (const auto& [day, accepted] : ground.sent)
        if (accepted >= snds_least_messages && (!ground.newest || day > *ground.newest))
            behind = std::max<double>(behind, ground.today - day);
    out.level = level_of(behind, ground.thresholds.data, exceeds);
    if (out.level != Level::ok)
        out.sentence += ", and " + days(behind) + " ago at least " + number(snds_least_messages) +
                        " messages went to outlook.com: the data or the access to it is gone";
    return out;
}

/// An IP whose mail should have made a row on a day for which others have theirs.
Finding judge_missing(const Ground& ground) {
    std::set<std::pair<domain::Ip, util::Day>> have;
    for (const SndsDay* day : ground.own)
        have.emplace(day->ip, day->day);
    std::map<domain::Ip, util::Day> missing; // the last day of each
    double oldest = 0;
    for (const SndsSent& sent : ground.observed.sent) {
        if (sent.accepted < snds_least_messages || !ground.newest || sent.day > *ground.newest ||
            !is_own(ground.observed.own, sent.ip) || !sent.ip.is_v4() || have.contains({sent.ip, sent.day}))
            continue;
        const double age = ground.today - sent.day;
        if (!exceeds(age, ground.thresholds.data.warning) || age > compared_days)
            continue;
        oldest = std::max(oldest, age);
        util::Day& last = missing[sent.ip];
        last = std::max(last, sent.day);
    }
    Finding out;
    out.level = level_of(oldest, ground.thresholds.data, exceeds);
    out.sentence = ground.observed.sent.empty() ? "the send log tells of no mail to outlook.com"
                                                : "every IP that sent enough has its row";
    if (missing.empty())
        return out;
    out.sentence.clear();
    constexpr std::size_t most = 5;
    std::size_t named = 0;
    for (const auto& [ip, day] : missing)
        if (named++ < most)
            out.sentence += (named > 1 ? ", " : "") + ip.text() + " on " + util::iso_day(day);
    if (missing.size() > most)
        out.sentence += " and " + number(static_cast<std::int64_t>(missing.size() - most)) + " more";
    out.sentence += ": at least " + number(snds_least_messages) +
                    " messages went to outlook.com and there is no row; is the range registered?";
    return out;
}

Finding judge_format(const Ground& ground) {
    Finding out;
    out.sentence = "every answer is of the form that is known";
    const auto& deviations = ground.observed.deviations;
    if (deviations.empty())
        return out;
    const domain::SndsDeviation& last = deviations.front();
    out.level = Level::warning;
    out.sentence = number(static_cast<std::int64_t>(deviations.size())) +
                   " answers are of another form than this version of jmrp knows, the last from " + last.source +
                   (last.day ? " for " + util::iso_day(*last.day) : std::string());
    if (last.refused > 0)
        out.sentence += ": " + number(last.refused) + " rows could not be read, " + last.first_refused;
    else
        out.sentence += ": its columns are others";
    return out;
}

// ---- what is told

Finding judge_filter(const Ground& ground) {
    const auto rows = judged(ground);
    if (rows.empty())
        return nothing_to_judge();
    const SndsDay* worst =
        *std::ranges::max_element(rows, {}, [](const SndsDay* day) { return std::pair(day->filter_result, day->day); });
    Finding out;
    out.level = worst->filter_result == domain::FilterResult::red      ? Level::critical
                : worst->filter_result == domain::FilterResult::yellow ? Level::warning
                                                                       : Level::ok;
    out.sentence = out.level == Level::ok
                       ? "green on each of the last days, which does not prove that nothing is blocked"
                       : told(*worst) + " is " + std::string(to_text(worst->filter_result)) +
                             ": so much of its mail was judged to be spam";
    return out;
}

Finding judge_rate(const Ground& ground) {
    const auto rows = judged(ground);
    const auto lower = [](const SndsDay* day) { return day->complaint_rate ? day->complaint_rate->lower : -1.0; };
    if (rows.empty())
        return nothing_to_judge();
    const SndsDay* worst = *std::ranges::max_element(rows, {}, lower);
    Finding out;
    if (!worst->complaint_rate) {
        out.sentence = "no row of the last days tells a complaint rate";
        return out;
    }
    const Bounds& bounds = ground.thresholds.rate;
    out.level = level_of(lower(worst), bounds, exceeds);
    out.figures = {{"snds complaint rate", lower(worst), "%", bounds}};
    out.sentence = lower(worst) > 0 ? "complaints of " + number(lower(worst), 1) + " % of " +
                                          number(worst->message_recipients) + " recipients, " + told(*worst)
                                    : "every complaint rate of the last days is below " +
                                          number(worst->complaint_rate->upper, 1) + " %, the lowest band";
    return out;
}

Finding judge_traps(const Ground& ground) {
    Finding out;
    std::int64_t hits = 0;
    bool is_told = false;
    for (const SndsDay* day : judged(ground)) {
        hits += day->trap_hits.value_or(0);
        is_told = is_told || day->trap_hits.has_value();
    }
    out.sentence = is_told ? number(hits) + " trap hits in the last " + number(std::int64_t{judged_days}) + " days"
                           : "no row tells trap hits (Microsoft tells none since July 2026)";
    if (hits > 0)
        out.level = Level::warning;
    return out;
}

bool overlaps(const domain::Network& network, const domain::SndsStatus& range) {
    return network.contains(range.first) || network.contains(range.last) ||
           (range.first <= network.base && network.base <= range.last);
}

Finding judge_status(const Ground& ground) {
    const domain::SndsStanding& standing = ground.observed.standing;
    Finding out;
    if (!standing.at) {
        out.sentence = "the standing of your IPs was never told";
        return out;
    }
    out.sentence = "none of your IPs is listed as blocked or junked";
    for (const domain::SndsStatus& range : standing.ranges) {
        const auto& own = ground.observed.own;
        const bool ours = own.empty() || std::ranges::any_of(own, [&](const domain::Network& network) {
                              return overlaps(network, range);
                          });
        const Level level = range.blocked ? Level::critical : Level::warning;
        if (!ours || level <= out.level)
            continue;
        out.level = level;
        out.sentence = range.first.text() + (range.last == range.first ? "" : " to " + range.last.text()) +
                       (range.blocked ? " is blocked: " : " goes to the junk folder: ") + range.details;
    }
    return out;
}

struct Rule {
    const char* name;
    Finding (*judge)(const Ground& ground);
};
constexpr Rule rules[] = {
    {"snds-status", judge_status},   {"snds-filter", judge_filter}, {"snds-rate", judge_rate},
    {"snds-traps", judge_traps},     {"snds-fetch", judge_fetch},   {"snds-token", judge_token},
    {"snds-link", judge_link},       {"snds-access", judge_access}, {"snds-data", judge_data},
    {"snds-missing", judge_missing}, {"snds-format", judge_format},
};

} // namespace

bool is_own(const std::vector<domain::Network>& own, const domain::Ip& ip) noexcept {
    return own.empty() || domain::any_contains(own, ip);
}

std::vector<Finding> judge_snds(const SndsObserved& observed, const SndsThresholds& thresholds) {
    std::vector<Finding> out;
    if (!observed.has_links && !observed.signed_in && observed.sources.empty())
        return out;
    Ground ground{observed, thresholds, util::day_of(observed.now), {}, std::nullopt, {}};
    for (const SndsDay& day : observed.days)
        if (is_own(observed.own, day.ip)) {
            ground.own.push_back(&day);
            ground.newest = std::max(ground.newest, std::optional(day.day));
        }
    for (const SndsSent& sent : observed.sent)
        if (is_own(observed.own, sent.ip) && sent.day > ground.today - compared_days)
            ground.sent[sent.day] += sent.accepted;
    for (const Rule& rule : rules) {
        Finding finding = rule.judge(ground);
        finding.rule = rule.name;
        out.push_back(std::move(finding));
    }
    return out;
}

} // namespace jmrp::reputation
