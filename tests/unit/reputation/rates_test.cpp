#include "reputation/rates.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using namespace jmrp::reputation;

namespace {

constexpr util::Day today = 20'000;
constexpr util::Seconds day_seconds = 86'400;
constexpr Days week{today - 7, today - 1};

ComplaintDays complaints(util::Day arrival, util::Day report, std::int64_t count) {
    return {arrival, report, {count, count, count, 0}};
}

RateSubject subject(std::string name = "192.0.2.10") {
    RateSubject out;
    out.name = std::move(name);
    return out;
}

domain::FeedDay report_on(util::Day day, const char* feed = "jmrp") {
    domain::FeedDay out;
    out.feed = feed;
    out.day = day;
    out.reports = 1;
    return out;
}

/// The last sixty days are logged, and reports came on every day of them.
RateGround all_known() {
    RateGround out;
    out.today = today;
    for (util::Day day = today - 60; day <= today; ++day) {
        out.logged.push_back(day);
        out.feeds.push_back(report_on(day));
    }
    return out;
}

Rate rate(const RateSubject& of, const RateGround& ground = all_known(), const Days& days = week,
          const RateRules& rules = {}) {
    return rates_of({of}, days, ground, rules).front();
}

domain::SndsDay snds(util::Day day, std::int64_t recipients, std::optional<domain::RateBounds> of,
                     domain::FilterResult result = domain::FilterResult::green) {
    domain::SndsDay out{
        *domain::parse_ip("192.0.2.10"), day, 0, 0, 0, 0, recipients, result, of, std::nullopt, {}, {}, {}};
    // As seen in 2026: from 08:00 to 08:00 UTC.
    out.period_start = day * day_seconds + 8 * 3600;
    out.period_end = out.period_start + day_seconds;
    return out;
}

} // namespace

TEST_CASE("rates: complaints about the mail of some days are a share of the mail accepted in them") {
    RateSubject of = subject();
    of.accepted = {{today - 8, 5000}, {today - 7, 400}, {today - 1, 600}, {today, 7000}};
    // About mail of the week: 1 + 2 + 1. The second came today, the last two are about other days.
    of.complaints = {complaints(today - 7, today - 5, 1), complaints(today - 1, today, 2),
                     complaints(today - 3, today - 3, 1), complaints(today - 8, today - 7, 9),
                     complaints(today, today, 5)};
    const Rate out = rate(of);
    CHECK(out.arrived.complaints == 4);
    CHECK(out.reported.complaints == 1 + 1 + 9);
    CHECK(out.accepted == 1000);
    CHECK(out.logged_days == 7);
    REQUIRE_FALSE(out.gap);
    CHECK(out.of.hits == 4);
    CHECK(out.of.trials == 1000);
    // binom.test(4, 1000), as in intervals_test.cpp.
    CHECK(out.interval.lower == Approx(0.001090907988));
    CHECK(out.interval.upper == Approx(0.01020966468));
    const Rate by_report = rate(of, all_known(), week, {.by = CountedDay::report});
    CHECK(by_report.of.hits == 11);
    CHECK(by_report.of.trials == 1000);
}

TEST_CASE("rates: no complaints are at most so many where reports would have come, else unknown") {
    RateSubject of = subject();
    of.accepted = {{today - 3, 1000}};
    RateGround ground = all_known();
    Rate out = rate(of, ground);
    REQUIRE_FALSE(out.gap);
    CHECK(out.of.hits == 0);
    CHECK(out.interval.lower == 0);
    CHECK(out.interval.upper == Approx(0.003682083897)); // binom.test(0, 1000)

    ground.feeds.clear();
    CHECK(rate(of, ground).gap == Gap::feeds_silent);
    CHECK(rate(of, ground).interval.upper == 1);
    CHECK(rate(of, ground).trend.course == Course::unknown);
    // A complaint that came is one, whatever the feeds look like.
    of.complaints = {complaints(today - 3, today - 2, 1)};
    CHECK_FALSE(rate(of, ground).gap);
}

TEST_CASE("rates: what nothing tells is unknown, with its reason") {
    RateSubject of = subject();
    of.complaints = {complaints(today - 3, today - 3, 5)};
    RateGround ground = all_known();
    CHECK(rate(of, ground).gap == Gap::no_traffic_of_name);
    ground.logs_name_no_ip = true;
    CHECK(rate(of, ground).gap == Gap::logs_name_no_ip);
    ground.by = domain::TrafficBy::domain;
    CHECK(rate(of, ground).gap == Gap::no_traffic_of_name);
    ground = all_known();
    ground.logged.clear();
    CHECK(rate(of, ground).gap == Gap::no_traffic);
    ground = all_known();
    of.accepted = {{today - 3, 0}};
    CHECK(rate(of, ground).gap == Gap::nothing_accepted);
    of.accepted = {{today - 3, 4}};
    CHECK(rate(of, ground).gap == Gap::more_complaints_than_accepted);
    of.accepted = {{today - 3, 5}};
    CHECK_FALSE(rate(of, ground).gap);
    CHECK(rate(of, ground).interval.upper == 1);
    ground.rebuilding = true;
    CHECK(rate(of, ground).gap == Gap::rebuilding);
    of.name.clear();
    ground.rebuilding = false;
    CHECK(rate(of, ground).gap == Gap::no_name);
    for (const auto& [gap, name] : domain::Names<Gap>::table)
        for (const auto& [by, kind] : domain::Names<domain::TrafficBy>::table)
            CHECK_FALSE(explain(gap, by).empty());
}

TEST_CASE("rates: complaints about days of which nobody knows the mail are left out of the share, and told") {
    RateSubject of = subject();
    of.accepted = {{today - 7, 300}, {today - 6, 700}};
    of.complaints = {complaints(today - 7, today - 7, 2), complaints(today - 2, today - 2, 8)};
    RateGround ground = all_known();
    ground.logged = {today - 7, today - 6};
    const Rate out = rate(of, ground);
    CHECK(out.logged_days == 2);
    CHECK(out.left_out == 8);
    CHECK(out.of.hits == 2);
    CHECK(out.of.trials == 1000);
    CHECK(out.arrived.complaints == 10);
}

TEST_CASE("rates: reports stand for as many complaints as they have incidents, and unverified ones are told") {
    RateSubject of = subject();
    of.accepted = {{today - 3, 1000}};
    of.complaints = {{today - 3, today - 3, {2, 12, 1, 2}}};
    const Rate out = rate(of);
    CHECK(out.of.hits == 12);
    CHECK(out.arrived.reports == 2);
    CHECK(out.arrived.unverified == 2);
}

TEST_CASE("rates: a trend is told by the exact test of two Poisson rates over whole days") {
    RateSubject of = subject();
    of.accepted = {{today - 10, 10'000}, {today - 3, 10'000}};
    of.complaints = {complaints(today - 10, today - 10, 10), complaints(today - 3, today - 3, 30)};
    // poisson.test(c(30, 10), c(10000, 10000), alternative = "greater"): 0.001110716887, twice that for both sides.
    Trend out = rate(of).trend;
    CHECK(out.recent_days == Days{today - 7, today - 1});
    CHECK(out.before_days == Days{today - 14, today - 8});
    CHECK(out.course == Course::rising);
    CHECK(out.chance == Approx(2 * 0.001110716887));
    CHECK(rate(of, all_known(), week, {.trend_level = 99.9}).trend.course == Course::no_proof);

    of.complaints = {complaints(today - 10, today - 10, 30), complaints(today - 3, today - 3, 10)};
    CHECK(rate(of).trend.course == Course::falling);
    of.complaints = {complaints(today - 10, today - 10, 5), complaints(today - 3, today - 3, 5)};
    CHECK(rate(of).trend.course == Course::no_proof);
    CHECK(rate(of).trend.chance == 1);
    of.accepted = {{today - 3, 10'000}};
    CHECK(rate(of).trend.course == Course::unknown);
}

TEST_CASE(
    "rates: a trend compares what was known at the end of each: complaints about the last days are still to come") {
    RateSubject of = subject();
    of.accepted = {{today - 8, 10'000}, {today - 1, 10'000}};
    // Of the mail of either last day three complaints came at once. Those about the earlier one have all come by now.
    of.complaints = {complaints(today - 1, today - 1, 3), complaints(today - 8, today - 8, 3),
                     complaints(today - 8, today - 6, 40)};
    const Trend out = rate(of).trend;
    CHECK(out.recent.hits == 3);
    CHECK(out.before.hits == 3);
    CHECK(out.course == Course::no_proof);
    CHECK(rate({.name = of.name, .complaints = of.complaints, .accepted = of.accepted, .snds = {}}, all_known(),
               {today - 14, today - 8})
              .of.hits == 43);
}

TEST_CASE("rates: today is not over, so trends end yesterday") {
    RateSubject of = subject();
    of.accepted = {{today, 100}};
    const Trend out = rate(of, all_known(), {today - 6, today}).trend;
    CHECK(out.recent_days == Days{today - 7, today - 1});
    CHECK(out.before_days.first == first_day_needed({today - 6, today}));
}

TEST_CASE("rates: a fall is none where the feeds fell silent") {
    RateSubject of = subject();
    of.accepted = {{today - 10, 10'000}, {today - 3, 10'000}};
    of.complaints = {complaints(today - 10, today - 10, 30)};
    CHECK(rate(of).trend.course == Course::falling);
    RateGround ground = all_known();
    std::erase_if(ground.feeds, [](const domain::FeedDay& day) { return day.day > today - 9; });
    CHECK(rate(of, ground).trend.course == Course::unknown);
}

TEST_CASE("rates: feeds live where a report came, a mailbox was emptied later, or such a silence is usual") {
    RateGround ground;
    ground.today = today;
    const RateRules rules;
    CHECK_FALSE(feeds_lived(week, ground, rules));
    ground.polls = {{"jmrp", (today - 1) * day_seconds}};
    CHECK_FALSE(feeds_lived(week, ground, rules)); // a mailbox that never brought a report proves nothing
    ground.feeds = {report_on(today - 20)};
    CHECK(feeds_lived(week, ground, rules));
    ground.polls = {{"jmrp", (today - 2) * day_seconds}};
    CHECK_FALSE(feeds_lived(week, ground, rules));
    ground.polls.clear();
    // Pauses of 10 days: after 20 days more than the longest and an average one.
    ground.feeds = {report_on(today - 61), report_on(today - 51), report_on(today - 41), report_on(today - 31),
                    report_on(today - 21)};
    CHECK(feeds_lived(week, ground, rules));
    CHECK_FALSE(feeds_lived({today, today}, ground, rules));
    ground.feeds.push_back(report_on(today, "other"));
    CHECK(feeds_lived({today, today}, ground, rules));
    CHECK_FALSE(feeds_lived({today, today}, ground, {.feeds = {"jmrp"}}));
    // An archive: all came today, and say themselves when they were written.
    ground.feeds = {report_on(today)};
    CHECK_FALSE(feeds_lived(week, ground, rules));
    ground.report_days = {today - 5};
    CHECK(feeds_lived(week, ground, rules));
}

TEST_CASE("rates: SNDS rates keep their bounds, weighed by recipients") {
    RateSubject of = subject();
    of.snds = {snds(today - 3, 3000, domain::RateBounds{0, 0.1}),
               snds(today - 2, 1000, domain::RateBounds{0.3, 0.3}, domain::FilterResult::yellow),
               snds(today - 1, 500, std::nullopt)};
    of.snds.back().trap_hits = 2;
    RateGround ground = all_known();
    ground.snds_asked = {{today - 5, domain::SndsOutcome::no_data},
                         {today - 4, domain::SndsOutcome::failed},
                         {today - 3, domain::SndsOutcome::rows}};
    const auto out = rate(of, ground).snds;
    REQUIRE(out);
    CHECK(out->days_with_rows == 3);
    CHECK(out->days_without == 1);
    CHECK(out->days_failed == 1);
    CHECK(out->days_unasked == 2);
    CHECK(out->recipients == 4000);
    REQUIRE(out->rate);
    CHECK(out->rate->lower == Approx(0.075)); // (3000 x 0 + 1000 x 0.3) / 4000
    CHECK(out->rate->upper == Approx(0.15));  // (3000 x 0.1 + 1000 x 0.3) / 4000
    CHECK(out->worst == domain::FilterResult::yellow);
    CHECK(out->trap_hits == 2);
    CHECK(out->first_start == (today - 3) * day_seconds + 8 * 3600);
    CHECK(out->last_end == today * day_seconds + 8 * 3600);
    CHECK_FALSE(rate(subject()).snds);
}

TEST_CASE("rates: an SNDS period counts where its middle lies, so none counts twice") {
    RateSubject of = subject();
    domain::SndsDay row = snds(today - 8, 100, domain::RateBounds{1, 1});
    of.snds = {row};
    CHECK(rate(of).snds->days_with_rows == 0); // its middle is at 20:00 of the day before the week
    // The active hours of a row of 2019.
    row.period_start = (today - 7) * day_seconds - 3600;
    row.period_end = (today - 7) * day_seconds + 2 * 3600;
    of.snds = {row};
    CHECK(rate(of).snds->days_with_rows == 1);
}

TEST_CASE("rates: each day by itself, the unknown ones as such") {
    RateSubject of = subject();
    of.accepted = {{today - 7, 10}, {today - 7, 5}};
    of.complaints = {complaints(today - 7, today - 6, 2)};
    RateGround ground = all_known();
    ground.logged = {today - 7, today - 6};
    const auto days = daily(of, week, ground);
    REQUIRE(days.size() == 7);
    CHECK(days[0].accepted == 15);
    CHECK(days[0].arrived.complaints == 2);
    CHECK(days[0].reported.complaints == 0);
    CHECK(days[1].accepted == 0);
    CHECK(days[1].reported.complaints == 2);
    CHECK_FALSE(days[2].accepted);
}

TEST_CASE("rates: all names together are their sum") {
    RateSubject one = subject("192.0.2.1");
    one.accepted = {{today - 3, 100}};
    one.complaints = {complaints(today - 3, today - 2, 1)};
    RateSubject two = subject("192.0.2.2");
    two.accepted = {{today - 3, 900}};
    two.complaints = {complaints(today - 3, today - 2, 3)};
    const Rate out = rate(sum_of({one, two}));
    CHECK(out.of.hits == 4);
    CHECK(out.of.trials == 1000);
}
