#include <catch2/catch.hpp>

#include "attribute/rungs.hpp"

using namespace jmrp;
using domain::Basis;
using domain::RecipientStatus;

namespace {

constexpr util::Seconds arrival = 1'794'798'000; // 2026-11-16T03:00:00Z

domain::SentMatch sent(const char* recipient, util::Seconds at = arrival, const char* provider = "outlook.com",
                       domain::SentStatus status = domain::SentStatus::accepted) {
    return {*domain::parse_address(recipient), provider, std::nullopt, at, status};
}

/// A sparse report of Microsoft about a mail that arrived at `arrival`.
domain::Recipient find(const domain::SentEvidence& said, const mail::Fields& original = {},
                       const mail::Fields& report_fields = {}) {
    domain::FeedbackReport report;
    report.dialect = domain::Dialect::jmrp_sparse;
    report.arrival_date = {arrival, "original: Received"};
    domain::ReadingRules rules;
    rules.own_domains = {"sender.example"};
    std::vector<domain::Defect> defects;
    return attribute::find_recipient({report, report_fields, original, rules, {}, said, arrival + 3600}, defects);
}

mail::Fields one(const char* name, const char* value) {
    mail::Fields out;
    out.add(name, value);
    return out;
}

} // namespace

TEST_CASE("attribute: one recipient in the send log is known by our own key") {
    const auto by_message = find({{sent("user@outlook.example")}, {}});
    CHECK(by_message.status == RecipientStatus::known);
    CHECK(by_message.addresses.at(0).text() == "user@outlook.example");
    CHECK(by_message.basis == Basis::own_key);
    CHECK(by_message.from == "send-log: Message-ID");
    CHECK(find({{}, {sent("user@outlook.example")}}).from == "send-log: Received");
}

TEST_CASE("attribute: several recipients are ambiguous, and all of them are kept") {
    const auto several = find({{sent("a@outlook.example"), sent("b@outlook.example")}, {}});
    CHECK(several.status == RecipientStatus::ambiguous);
    CHECK(several.addresses.empty());
    CHECK(several.candidates.size() == 2);
}

TEST_CASE("attribute: Microsoft's report is about somebody at Microsoft") {
    const auto found = find({{sent("a@outlook.example"), sent("b@gmail.example", arrival, "gmail.com")}, {}});
    CHECK(found.status == RecipientStatus::known);
    CHECK(found.addresses.at(0).text() == "a@outlook.example");
}

TEST_CASE("attribute: the moment of arrival tells two mails with one Message-ID apart") {
    const auto found = find({{sent("a@outlook.example", arrival - 86400), sent("b@outlook.example", arrival + 2)}, {}});
    CHECK(found.status == RecipientStatus::known);
    CHECK(found.addresses.at(0).text() == "b@outlook.example");
}

TEST_CASE("attribute: who did not get the mail did not complain about it") {
    using domain::SentStatus;
    const auto found = find({{sent("a@outlook.example", arrival, "outlook.com", SentStatus::rejected),
                              sent("b@outlook.example", arrival, "outlook.com", SentStatus::deferred)},
                             {}});
    CHECK(found.status == RecipientStatus::absent);
}

TEST_CASE("attribute: a queue id that was used again months ago is of another mail") {
    CHECK(find({{}, {sent("old@outlook.example", arrival - 30 * 86400)}}).status == RecipientStatus::absent);
}

TEST_CASE("attribute: queue id and Message-ID narrow each other, and contradict each other") {
    const auto both = find({{sent("a@outlook.example"), sent("b@outlook.example")}, {sent("b@outlook.example")}});
    CHECK(both.status == RecipientStatus::known);
    CHECK(both.addresses.at(0).text() == "b@outlook.example");
    CHECK_FALSE(both.conflict);
    const auto apart = find({{sent("a@outlook.example")}, {sent("b@outlook.example")}});
    CHECK(apart.addresses.empty());
    CHECK(apart.conflict);
}

TEST_CASE("attribute: the log and a VERP sender that disagree are held against each other") {
    const auto found =
        find({{sent("a@outlook.example")}, {}}, one("Return-Path", "b+other=outlook.example@sender.example"));
    REQUIRE(found.conflict);
    CHECK(*found.conflict == "send-log and verp name different people");
    CHECK_FALSE(
        find({{sent("a@outlook.example")}, {}}, one("Return-Path", "b+a=outlook.example@sender.example")).conflict);
}

TEST_CASE("attribute: the report's word about a mail to several people is confirmed by the log, or contradicted") {
    const domain::SentEvidence said{{sent("a@outlook.example"), sent("b@outlook.example")}, {}};
    const auto confirmed = find(said, {}, one("Original-Rcpt-To", "B@outlook.example"));
    CHECK(confirmed.status == RecipientStatus::known);
    CHECK(confirmed.basis == Basis::own_key);
    CHECK_FALSE(confirmed.conflict);
    const auto other = find(said, {}, one("Original-Rcpt-To", "c@outlook.example"));
    CHECK(other.basis == Basis::claimed);
    CHECK(other.conflict);
}

TEST_CASE("attribute: only what our own hosts stamped is looked up as a queue id") {
    mail::Fields original;
    original.add("Received", "from out.sender.example (192.0.2.1) by edge.provider.example (198.51.100.7) with "
                             "Microsoft SMTP Server id 15.20.9218.12; Mon, 16 Nov 2026 03:00:00 +0000");
    original.add("Received",
                 "by out.sender.example (Postfix, from userid 33) id 4XyZ1k2Wn0; Mon, 16 Nov 2026 02:59:58 +0000");
    original.add("Received",
                 "from x (by evil.example id FAKE1) by mail.sender.example with esmtp (Exim 4.96) (envelope-from "
                 "<a@sender.example>) id 1hXxXx-000abc-1x for u@outlook.example; Mon, 16 Nov 2026 02:59:57 +0000");
    original.add("Received", "from y by evilsender.example id FAKE2; Mon, 16 Nov 2026 02:59:56 +0000");
    domain::FeedbackReport report;
    report.reported.message_id = "m@sender.example";
    domain::ReadingRules rules;
    rules.own_domains = {"sender.example"};
    const auto keys = attribute::sent_keys(report, original, {}, rules);
    CHECK(keys.message_id == "m@sender.example");
    CHECK(keys.queue_ids == std::vector<std::string>{"4XyZ1k2Wn0", "1hXxXx-000abc-1x"});
}

TEST_CASE("attribute: a token with a queue id says when that was, however late the report is and whatever it says") {
    attribute::TokenReading tokens;
    tokens.claims = domain::TokenClaims{};
    tokens.claims->id = "4XyZ1k2Wn0";
    tokens.claims->sealed_at = arrival - 60 * 86400;
    domain::FeedbackReport report;
    report.dialect = domain::Dialect::jmrp_sparse;
    report.arrival_date = {arrival, "original: Received"};
    const domain::ReadingRules rules;
    const auto keys = attribute::sent_keys(report, {}, tokens, rules);
    CHECK(keys.queue_ids == std::vector<std::string>{"4XyZ1k2Wn0"});
    CHECK(keys.around == tokens.claims->sealed_at);
    const domain::SentEvidence said{
        {}, {sent("then@outlook.example", tokens.claims->sealed_at + 3600), sent("now@outlook.example")}};
    std::vector<domain::Defect> defects;
    const mail::Fields none;
    const auto found = attribute::find_recipient({report, none, none, rules, tokens, said, arrival + 3600}, defects);
    REQUIRE(found.addresses.size() == 1);
    CHECK(found.addresses[0].text() == "then@outlook.example");
}
