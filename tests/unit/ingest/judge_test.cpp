#include <catch2/catch.hpp>

#include "ingest/judge.hpp"

using namespace jmrp;
using domain::Disposition;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

domain::FeedbackReport report(bool complaint, bool unsubscribe, const char* recipient = nullptr) {
    domain::FeedbackReport out;
    out.feedback_type = complaint ? "abuse" : unsubscribe ? "opt-out" : "not-spam";
    out.complaint = complaint;
    out.unsubscribe = unsubscribe;
    if (recipient) {
        out.recipient.status = domain::RecipientStatus::known;
        out.recipient.addresses = {*domain::parse_address(recipient)};
    }
    return out;
}

domain::Settlement judged(domain::FeedbackReport report, const domain::Policy& policy = {}) {
    return ingest::judge({std::move(report), {}}, policy, noon);
}

} // namespace

TEST_CASE("judge: a complaint with a recipient suppresses and counts") {
    const domain::Settlement out = judged(report(true, false, "user@example.com"));
    CHECK(out.disposition == Disposition::complaint_suppressed);
    CHECK(out.kind == "feedback-report");
    REQUIRE(out.report);
    CHECK(out.report->suppress.size() == 1);
    CHECK(out.report->counted == 1);
    CHECK_FALSE(out.quarantine);
}

TEST_CASE("judge: a complaint without a recipient counts and suppresses nobody") {
    const domain::Settlement out = judged(report(true, false));
    CHECK(out.disposition == Disposition::complaint_unattributed);
    CHECK(out.report->counted == 1);
    CHECK(out.report->suppress.empty());
}

TEST_CASE("judge: an opt-out suppresses and is no complaint") {
    const domain::Settlement out = judged(report(false, true, "user@example.com"));
    CHECK(out.disposition == Disposition::unsubscribe_suppressed);
    CHECK(out.report->counted == 0);
    CHECK(out.report->suppress.size() == 1);
}

TEST_CASE("judge: a report of another type suppresses nobody, whatever address it names") {
    const domain::Settlement out = judged(report(false, false, "user@example.com"));
    CHECK(out.disposition == Disposition::not_a_complaint);
    CHECK(out.report->counted == 0);
    CHECK(out.report->suppress.empty());
}

TEST_CASE("judge: a protected address counts and is not suppressed") {
    const domain::Settlement out = judged(report(true, false, "postmaster@example.com"));
    CHECK(out.disposition == Disposition::complaint_protected);
    CHECK(out.report->counted == 1);
    CHECK(out.report->suppress.empty());
}

TEST_CASE("judge: Incidents counts up to the cap") {
    domain::Policy policy;
    policy.incidents_cap = 50;
    auto many = report(true, false);
    many.incidents = 4'000'000'000U;
    CHECK(judged(many, policy).report->counted == 50);
    many.incidents = 7;
    CHECK(judged(many, policy).report->counted == 7);
}

TEST_CASE("judge: the two days of a complaint are kept apart, and no clock but ours can set the future") {
    auto late = report(true, false);
    late.report_date = noon - 86400;
    late.arrival_date = {noon - 3 * 86400, "report: Arrival-Date"};
    const auto out = judged(late);
    CHECK(out.report->report_day == util::day_of(noon) - 1);
    CHECK(out.report->arrival_day == util::day_of(noon) - 3);

    auto lying = report(true, false);
    lying.report_date = noon + 400 * 86400;
    lying.arrival_date = {noon + 300 * 86400, "report: Arrival-Date"};
    CHECK(judged(lying).report->report_day == util::day_of(noon));
    CHECK(judged(lying).report->arrival_day == util::day_of(noon));

    CHECK(judged(report(true, false)).report->arrival_day == util::day_of(noon));
}

TEST_CASE("judge: what is not understood waits for a person, with the reason") {
    const domain::Settlement out = ingest::judge({domain::Unrecognized{"no report in it"}, {}}, {}, noon);
    CHECK(out.disposition == Disposition::unrecognized);
    CHECK(out.quarantine == "no report in it");
    CHECK_FALSE(out.report);
}

TEST_CASE("judge: bounces and support replies are no complaints") {
    CHECK(ingest::judge({domain::Bounce{}, {}}, {}, noon).disposition == Disposition::bounce);
    CHECK(ingest::judge({domain::SupportReply{}, {}}, {}, noon).disposition == Disposition::support_reply);
}
