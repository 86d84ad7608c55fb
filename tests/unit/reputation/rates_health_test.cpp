#include "reputation/rates_health.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using namespace jmrp::reputation;

namespace {

constexpr util::Day today = 20'000;

/// Every day the same: mails and complaints that come at once.
RateSubject steady(const char* name, std::int64_t accepted, std::int64_t complaints, util::Day from = today - 20,
                   util::Day to = today) {
    RateSubject out;
    out.name = name;
    for (util::Day day = from; day <= to; ++day) {
        out.accepted.push_back({day, accepted});
        if (complaints > 0)
            out.complaints.push_back({day, day, {complaints, complaints, 0, 0}});
    }
    return out;
}

RateGround ground() {
    RateGround out;
    out.today = today;
    for (util::Day day = today - 60; day <= today; ++day) {
        out.logged.push_back(day);
        domain::FeedDay feed;
        feed.feed = "jmrp";
        feed.day = day;
        feed.reports = 1;
        out.feeds.push_back(feed);
    }
    return out;
}

std::vector<Finding> judge(const std::vector<RateSubject>& subjects, const RateAlarms& alarms = {},
                           const RateGround& with = ground()) {
    return judge_rates(watch(subjects, with, {}, alarms), alarms);
}

Finding rate_of(const std::vector<RateSubject>& subjects, const RateAlarms& alarms = {},
                const RateGround& with = ground()) {
    return judge(subjects, alarms, with).at(0);
}

Finding rise_of(const std::vector<RateSubject>& subjects, const RateAlarms& alarms = {}) {
    return judge(subjects, alarms).at(1);
}

} // namespace

TEST_CASE("rates: both rules speak, whatever there is") {
    for (const auto& subjects : {std::vector<RateSubject>{}, {steady("192.0.2.1", 1000, 1)}})
        for (const Finding& finding : judge(subjects)) {
            CHECK(finding.level == Level::ok);
            CHECK_FALSE(finding.rule.empty());
            CHECK_FALSE(finding.sentence.empty());
        }
}

TEST_CASE("rates: an alarm needs the whole interval above the bound, not the rate alone") {
    // 8 days of 1,000: 16 of 8,000 is 0.2 %; the interval begins at 0.114 % (binom.test).
    CHECK(rate_of({steady("192.0.2.1", 1000, 2)}).level == Level::warning);
    // 8 of 4,000, 0.2 % as well, may be 0.086 %.
    CHECK(rate_of({steady("192.0.2.1", 500, 1)}).level == Level::ok);
    // 48 of 8,000 is 0.6 %, from 0.44 %.
    const Finding out = rate_of({steady("192.0.2.1", 1000, 6)});
    CHECK(out.level == Level::critical);
    CHECK(out.sentence.find("192.0.2.1: 48 complaints of 8000 accepted mails in 7 days and today, 0.60 % (0.44 % to "
                            "0.79 %), still 0.60 % in 1 day") == 0);
    CHECK(rate_of({steady("192.0.2.1", 1000, 6)}, {.rate = {1, 2}}).level == Level::ok);
}

TEST_CASE("rates: with little mail or few complaints there is no alarm") {
    CHECK(rate_of({steady("192.0.2.1", 100, 10)}).level == Level::ok); // 800 mails
    CHECK(rate_of({steady("192.0.2.1", 100, 10)}, {.least_accepted = 500}).level == Level::critical);
    CHECK(rate_of({steady("192.0.2.1", 1000, 6)}, {.least_complaints = 49}).level == Level::ok);
}

TEST_CASE("rates: what is over is no alarm, what may go on is one") {
    RateSubject over = steady("192.0.2.1", 1000, 10, today - 7, today - 2);
    for (const util::Day day : {today - 1, today})
        over.accepted.push_back({day, 1000});
    CHECK(rate_of({over}).level == Level::ok);
    // Nothing is sent any more, and that is known.
    CHECK(rate_of({steady("192.0.2.1", 1000, 10, today - 7, today - 2)}).level == Level::ok);
    // The same without a word about the last two days.
    RateGround unlogged = ground();
    std::erase_if(unlogged.logged, [](util::Day day) { return day > today - 2; });
    CHECK(rate_of({steady("192.0.2.1", 1000, 10, today - 7, today - 2)}, {}, unlogged).level == Level::critical);
}

TEST_CASE("rates: where nothing tells what was sent no rate is judged, and that is said") {
    RateSubject unknown;
    unknown.name = "192.0.2.1";
    unknown.complaints = {{today - 1, today - 1, {500, 500, 0, 0}}};
    const Finding out = rate_of({unknown});
    CHECK(out.level == Level::ok);
    CHECK(out.sentence == "no rate of complaints is known; unknown for 1 (no-traffic-of-name): 'jmrp rates' says why");
}

TEST_CASE("rates: of many the worst are named and the others counted") {
    std::vector<RateSubject> subjects;
    for (int i = 1; i <= 40; ++i)
        subjects.push_back(steady(("192.0.2." + std::to_string(i)).c_str(), 1000, i <= 20 ? 0 : i));
    const Finding out = rate_of(subjects);
    CHECK(out.level == Level::critical);
    CHECK(out.sentence.starts_with("192.0.2.40: "));
    CHECK(out.sentence.find("; and 17 more") != std::string::npos);
    REQUIRE(out.figures.size() == 2);
    CHECK(out.figures[0].value == Approx(4));
    CHECK(out.figures[1].value == 20);
}

TEST_CASE("rates: a rise is told where chance does not explain it and it is no small one") {
    RateSubject of = steady("192.0.2.1", 10'000, 5, today - 14, today - 8);
    const RateSubject then = steady("192.0.2.1", 10'000, 15, today - 7, today);
    of.accepted.insert(of.accepted.end(), then.accepted.begin(), then.accepted.end());
    of.complaints.insert(of.complaints.end(), then.complaints.begin(), then.complaints.end());
    // 105 of 70,000 after 35 of 70,000.
    const Finding out = rise_of({of});
    CHECK(out.level == Level::warning);
    CHECK(out.sentence == "192.0.2.1: 105 complaints of 70000 accepted mails in 7 days, 35 of 70000 in as many before");
    CHECK(rise_of({of}, {.rise = {200, 300}}).level == Level::critical);
    CHECK(rise_of({of}, {.rise = {400, 500}}).level == Level::ok);
    CHECK(rise_of({steady("192.0.2.1", 10'000, 5)}).level == Level::ok);
}

TEST_CASE("rates: where many names are watched chance has as many tries") {
    RateSubject of = steady("192.0.2.1", 1000, 1, today - 14, today - 8);
    const RateSubject then = steady("192.0.2.1", 1000, 5, today - 7, today);
    of.accepted.insert(of.accepted.end(), then.accepted.begin(), then.accepted.end());
    of.complaints.insert(of.complaints.end(), then.complaints.begin(), then.complaints.end());
    // 35 after 7: 2 x 7.6e-6 (binomial of 42 and a half). Of 49 names two trends are looked at each.
    std::vector<RateSubject> subjects = {of};
    CHECK(rise_of(subjects).level == Level::critical);
    for (int i = 2; i < 50; ++i)
        subjects.push_back(steady(("192.0.2." + std::to_string(i)).c_str(), 1000, 1));
    CHECK(rise_of(subjects).level == Level::ok);
}
