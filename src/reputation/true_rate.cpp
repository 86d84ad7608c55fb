#include "reputation/true_rate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "reputation/wording.hpp"

namespace jmrp::reputation {

using domain::MailDay;

namespace {

/// Seen are hours to days; a guess that is too low makes us wait.
constexpr double guessed_arrival[] = {0.3, 0.5, 0.65, 0.75, 0.8, 0.85, 0.88, 0.9};
constexpr std::int64_t enough_ages = 50;
/// Of complaints that SNDS counted: with fewer, chance decides what the share comes out as.
constexpr double enough_to_compare = 20;

/// One-sided at `level`, as the ends of a two-sided interval.
double two_sided(double level) {
    return 2 * level - 1;
}

/// `age` in days since the end of the day on which the mail was sent; between whole days complaints come evenly.
double at_age(const std::vector<double>& arrival, double age) {
    if (age < 0)
        return 0;
    const double last = static_cast<double>(arrival.size() - 1);
    const auto whole = static_cast<std::size_t>(std::min(age, last));
    const double from = arrival[whole];
    const double to = arrival[std::min(whole + 1, arrival.size() - 1)];
    return from + (to - from) * (std::min(age, last) - static_cast<double>(whole));
}

/// What a row of SNDS says of the number of complaints: "< 0.1%" of 500 is none, "0.3%" is rounded.
struct Counted {
    double least = 0;
    double most = 0;
    bool bounded_below = false;
};
std::optional<Counted> counted_by(const MailDay::Snds& row) {
    constexpr double rounding = 0.05;
    if (!row.complaint_rate || row.recipients <= 0)
        return std::nullopt;
    const auto recipients = static_cast<double>(row.recipients);
    const domain::RateBounds& rate = *row.complaint_rate;
    if (rate.lower <= 0) // below the band: strictly fewer
        return Counted{0, std::max(0.0, std::ceil(recipients * rate.upper / 100) - 1), false};
    return Counted{recipients * std::max(0.0, rate.lower - rounding) / 100,
                   std::floor(recipients * (rate.upper + rounding) / 100), true};
}

/// Reports beside what SNDS counted on the same days.
struct Compared {
    double least = 0;
    double most = 0;
    std::int64_t reports = 0;

    void add(const Counted& counted, std::int64_t reported) {
        least += counted.least;
        most += counted.most;
        reports += reported;
    }
};

void add_day(std::map<util::Day, MailDay>& sum, const MailDay& from) {
    MailDay& into = sum[from.day];
    into.day = from.day;
    into.accepted = into.accepted.value_or(0) + *from.accepted;
    into.complaints += from.complaints;
    into.reported += from.reported;
    if (!from.snds || !from.snds->complaint_rate)
        return;
    if (!into.snds) {
        into.snds = from.snds;
        return;
    }
    // The bounds of two rows, each weighed with its recipients.
    const auto mine = static_cast<double>(into.snds->recipients);
    const auto theirs = static_cast<double>(from.snds->recipients);
    if (mine + theirs <= 0)
        return;
    auto& rate = *into.snds->complaint_rate;
    rate.lower = (rate.lower * mine + from.snds->complaint_rate->lower * theirs) / (mine + theirs);
    rate.upper = (rate.upper * mine + from.snds->complaint_rate->upper * theirs) / (mine + theirs);
    into.snds->recipients += from.snds->recipients;
}

} // namespace

std::vector<double> arrival_curve(const std::vector<std::int64_t>& ages) {
    const std::int64_t all = std::accumulate(ages.begin(), ages.end(), std::int64_t{0});
    if (all < enough_ages)
        return {std::begin(guessed_arrival), std::end(guessed_arrival)};
    std::vector<double> out;
    std::int64_t sum = 0;
    for (const std::int64_t of_age : ages) {
        sum += of_age;
        out.push_back(static_cast<double>(sum) / static_cast<double>(all));
    }
    return out;
}

std::vector<MailDay> days_between(const domain::ComplaintHistory& complaints, util::Day first, util::Day last) {
    std::map<util::Day, MailDay> sum;
    for (const auto* days : {&complaints.days, &complaints.elsewhere})
        for (const MailDay& day : *days)
            if (day.accepted && (*day.accepted > 0 || day.complaints > 0) && day.day >= first && day.day <= last)
                add_day(sum, day);
    std::vector<MailDay> out;
    for (const auto& [day, mail] : sum)
        out.push_back(mail);
    return out;
}

Forwarded forwarded_share(const domain::Evidence& evidence, const GatePolicy& policy) {
    const double level = two_sided(policy.level);
    Forwarded out{{policy.least_forwarded, 1}, "policy", 0};
    if (evidence.feed && evidence.feed->value.trials > 0) {
        const domain::FeedLife& feed = evidence.feed->value;
        const Interval share = interval_of({feed.trials_reported, feed.trials}, level, IntervalMethod::clopper_pearson);
        if (share.lower > out.share.lower)
            out = {share, "trials", 0};
    }
    // Days in the lowest band say no less of the lower bound: so many complaints at most, and so many reports.
    Compared above;
    Compared all;
    if (evidence.complaints)
        for (const auto* days : {&evidence.complaints->value.days, &evidence.complaints->value.elsewhere})
            for (const MailDay& day : *days)
                if (const auto counted = day.snds ? counted_by(*day.snds) : std::nullopt) {
                    all.add(*counted, day.reported);
                    if (counted->bounded_below)
                        above.add(*counted, day.reported);
                }
    out.complaints = static_cast<std::int64_t>(above.most);
    double upper = 1;
    if (above.most >= enough_to_compare && above.least > 0)
        upper = std::min(1.0, interval_of_count(above.reports, level).upper / above.least);
    for (const Compared* compared : {&above, &all})
        if (compared->most >= enough_to_compare) {
            const double lower = std::min(upper, interval_of_count(compared->reports, level).lower / compared->most);
            if (lower > out.share.lower)
                out = {{lower, out.share.upper}, "snds", out.complaints};
        }
    // Below what is assumed at least: reports are lost. judge_feed() says so.
    out.share.upper = std::min(out.share.upper, upper);
    out.share.lower = std::min(out.share.lower, out.share.upper);
    return out;
}

TrueRate true_rate(const std::vector<MailDay>& days, const std::vector<double>& arrival, const Forwarded& forwarded,
                   util::Seconds alive, const GatePolicy& policy) {
    TrueRate out;
    out.by = "jmrp";
    util::Day last_row = 0;
    for (const MailDay& day : days)
        if (day.snds && counted_by(*day.snds))
            last_row = std::max(last_row, day.day);
    std::int64_t reported = 0; // on the days that SNDS tells of
    double counted_least = 0;
    double counted_most = 0;
    double counted_mails = 0;
    for (const MailDay& day : days) {
        out.mails += *day.accepted;
        out.days += *day.accepted > 0;
        out.complaints += day.complaints;
        // Only days that are over at the last sign of life are complete as far as the curve says.
        const double age = static_cast<double>(alive) / seconds_per_day - (day.day + 1);
        out.weighed += static_cast<double>(*day.accepted) * at_age(arrival, age);
        if (const auto counted = day.snds ? counted_by(*day.snds) : std::nullopt) {
            reported += day.reported;
            counted_least += counted->least;
            counted_most += counted->most;
            counted_mails += static_cast<double>(day.snds->recipients) * at_age(arrival, last_row - day.day);
        }
    }
    const double level = two_sided(policy.level);
    const Interval count = interval_of_count(out.complaints, level);
    if (out.mails > 0) {
        out.observed = static_cast<double>(out.complaints) / static_cast<double>(out.mails);
        out.bounds.lower = count.lower / static_cast<double>(out.mails);
    }
    out.estimate = 1;
    const bool lost = interval_of_count(reported, level).upper < forwarded.share.lower * counted_least;
    if (out.weighed > 0 && !lost) {
        const double share = std::sqrt(forwarded.share.lower * forwarded.share.upper);
        out.estimate = std::min(1.0, static_cast<double>(out.complaints) / out.weighed / share);
        out.bounds.upper = std::min(1.0, count.upper / out.weighed / forwarded.share.lower);
    }
    if (counted_mails > 0) {
        const double upper = interval_of_count(std::llround(counted_most), level).upper / counted_mails;
        if (upper < out.bounds.upper) {
            out.by = "snds";
            out.bounds.upper = upper;
        }
        const double about_these =
            reported > 0 && !lost ? std::min(1.0, static_cast<double>(out.complaints) / static_cast<double>(reported))
                                  : 1;
        out.estimate = std::max(out.observed, std::min(out.estimate, counted_most * about_these / counted_mails));
    }
    return out;
}

} // namespace jmrp::reputation
