#include "reputation/true_rate.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "unit/reputation/safe_evidence.hpp"

using namespace jmrp;
using namespace jmrp::testing;
using reputation::Forwarded;
using reputation::true_rate;

namespace {

domain::MailDay mail(util::Day day, std::int64_t accepted, std::int64_t complaints) {
    domain::MailDay out;
    out.day = day;
    out.accepted = accepted;
    out.complaints = out.reported = complaints;
    return out;
}

domain::MailDay mail(util::Day day, std::int64_t accepted, std::int64_t complaints, domain::RateBounds rate) {
    domain::MailDay out = mail(day, accepted, complaints);
    out.snds = {accepted, rate};
    return out;
}

const std::vector<double> half_at_once = {0.5, 1};
const Forwarded everything{{1, 1}, "trials", 0};

} // namespace

TEST_CASE("true rate: mail counts by the share of its complaints that can be here") {
    // The day before yesterday is complete; of yesterday's complaints half came on the day, and half of the rest by noon.
    const auto rate =
        true_rate({mail(today - 2, 1000, 3), mail(today - 1, 1000, 0)}, half_at_once, everything, noon, {});
    CHECK(rate.mails == 2000);
    CHECK(rate.weighed == Approx(1000 + 750));
    CHECK(rate.observed == Approx(0.0015));
    CHECK(rate.estimate == Approx(3.0 / 1750));
    // Half of the quantiles of chi-squared: 0.95 with 8 degrees of freedom, 0.05 with 6.
    CHECK(rate.bounds.upper == Approx(7.753657 / 1750));
    CHECK(rate.bounds.lower == Approx(0.8176914 / 2000));
}

TEST_CASE("true rate: after the last report nothing counts") {
    const auto rate =
        true_rate({mail(today - 2, 1000, 0), mail(today - 1, 1000, 0)}, half_at_once, everything, noon - 3 * a_day, {});
    CHECK(rate.weighed == 0);
    CHECK(rate.bounds.upper == 1);
    CHECK(rate.estimate == 1);
}

TEST_CASE("true rate: what the loop keeps for itself widens the bounds") {
    const std::vector<domain::MailDay> days = {mail(today - 5, 10'000, 4)};
    const auto all = true_rate(days, half_at_once, everything, noon, {});
    const auto some = true_rate(days, half_at_once, {{0.25, 1}, "policy", 0}, noon, {});
    CHECK(some.bounds.upper == Approx(4 * all.bounds.upper));
    CHECK(some.bounds.lower == Approx(all.bounds.lower));
    CHECK(some.estimate == Approx(2 * all.estimate));
}

TEST_CASE("true rate: a day in the lowest band of SNDS had fewer complaints than a thousandth, and no more is known") {
    // 500 mails: none. 5,000: four at most.
    const auto few = true_rate({mail(today - 5, 500, 0, {0, 0.1})}, half_at_once, {{0.1, 1}, "policy", 0}, noon, {});
    CHECK(few.by == "snds");
    CHECK(few.bounds.upper == Approx(2.995732 / 250)); // the row is of the newest day: half of its complaints
    const auto more = true_rate({mail(today - 6, 5000, 0, {0, 0.1}), mail(today - 5, 0, 0)}, half_at_once,
                                {{0.01, 1}, "policy", 0}, noon, {});
    CHECK(more.bounds.upper ==
          Approx(9.153519 / 2500)); // half of the 0.95 quantile of chi-squared, 10 degrees of freedom
}

TEST_CASE("true rate: reports that SNDS counts and nobody received make the reports worth nothing") {
    const auto rate = true_rate({mail(today - 5, 10'000, 0, {0.5, 0.5})}, half_at_once, everything, noon, {});
    CHECK(rate.by == "snds");
    CHECK(rate.bounds.upper > 0.005);
    CHECK(rate.estimate > 0.003);
}

TEST_CASE("true rate: days without mail or a known volume are left out, own and others are summed") {
    domain::ComplaintHistory history;
    history.days = {mail(today - 3, 100, 1), mail(today - 2, 100, 1)};
    history.days[1].accepted.reset();
    history.elsewhere = {mail(today - 3, 50, 2), mail(today - 9, 50, 2), mail(today - 4, 0, 0)};
    const auto days = reputation::days_between(history, today - 5, today);
    REQUIRE(days.size() == 1);
    CHECK(days[0].accepted == 150);
    CHECK(days[0].complaints == 3);
}

TEST_CASE("forwarded share: the policy's guess, trials, SNDS, whichever says most") {
    domain::Evidence evidence;
    CHECK(reputation::forwarded_share(evidence, {}).share.lower == 0.1);
    evidence.feed = seen(domain::FeedLife{noon, 20, 10});
    const Forwarded trials = reputation::forwarded_share(evidence, {});
    CHECK(trials.by == "trials");
    CHECK(trials.share.lower == Approx(0.3019539)); // ten or more of 20 have a chance of 0.05 with that share
    CHECK(trials.share.upper == Approx(0.6980461));
    // SNDS counted 475 to 525, 400 reports came.
    evidence.complaints = seen(domain::ComplaintHistory{{mail(today - 9, 100'000, 400, {0.5, 0.5})}, {}, {}});
    evidence.complaints->value.days[0].snds->recipients = 100'000;
    const Forwarded told = reputation::forwarded_share(evidence, {});
    CHECK(told.by == "snds");
    CHECK(told.share.lower > 0.65);
    CHECK(told.share.lower < 0.75);
}

TEST_CASE("arrival curve: from the ages of complaints, else a cautious guess") {
    CHECK(reputation::arrival_curve({40, 30, 20, 10}) == std::vector<double>{0.4, 0.7, 0.9, 1});
    const auto guess = reputation::arrival_curve({4, 3});
    CHECK(guess.front() < 0.5);
    CHECK(guess.back() < 1);
    CHECK(std::is_sorted(guess.begin(), guess.end()));
}
