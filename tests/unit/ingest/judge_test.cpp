#include <catch2/catch.hpp>

#include "ingest/judge.hpp"

using namespace jmrp;
using domain::Disposition;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

domain::FeedbackReport report(bool complaint, bool unsubscribe, const char* recipient = nullptr) {
    domain::FeedbackReport out;
    out.authenticity.verdict = domain::Verdict::authentic;
    out.feedback_type = complaint ? "abuse" : unsubscribe ? "opt-out" : "not-spam";
    out.complaint = complaint;
    out.unsubscribe = unsubscribe;
    if (recipient) {
        out.recipient.status = domain::RecipientStatus::known;
        out.recipient.addresses = {*domain::parse_address(recipient)};
        out.recipient.basis = domain::Basis::own_key;
    }
    return out;
}

domain::Settlement judged(domain::FeedbackReport report, const domain::Policy& policy = {},
                          std::optional<domain::Review> review = {}) {
    static const std::vector<domain::Network> own{*domain::parse_network("192.0.2.0/24")};
    return ingest::judge({std::move(report), {}}, {policy, own, noon, review});
}

domain::Settlement judged(domain::Reading reading) {
    static const domain::Policy policy;
    static const std::vector<domain::Network> own;
    return ingest::judge(std::move(reading), {policy, own, noon, {}});
}

domain::FeedbackReport with(domain::Verdict verdict, domain::Basis basis) {
    domain::FeedbackReport out = report(true, false, "user@example.com");
    out.authenticity.verdict = verdict;
    out.recipient.basis = basis;
    return out;
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
    const domain::Settlement out = judged({domain::Unrecognized{"no report in it"}, {}});
    CHECK(out.disposition == Disposition::unrecognized);
    CHECK(out.quarantine == "no report in it");
    CHECK_FALSE(out.report);
}

TEST_CASE("judge: bounces and support replies are no complaints") {
    CHECK(judged({domain::Bounce{}, {}}).disposition == Disposition::bounce_unverified);
    CHECK(judged({domain::SupportReply{}, {}}).disposition == Disposition::support_reply);
    domain::SupportReply reply;
    reply.date = noon - 60;
    CHECK(judged({reply, {}}).answer->at == noon - 60);
    reply.date = noon + 86'400;
    CHECK(judged({reply, {}}).answer->at == noon); // nobody answers tomorrow
    reply.authenticity.verdict = domain::Verdict::forged;
    CHECK(judged({reply, {}}).disposition == Disposition::forged_reply);
    reply.authenticity.verdict = domain::Verdict::unverified;
    reply.authenticity.dkim_wanted = true;
    CHECK(judged({reply, {}}).wants_dkim);
}

TEST_CASE("judge: nobody is suppressed on a report that nothing proves, unless the policy says so") {
    const auto unverified = with(domain::Verdict::unverified, domain::Basis::own_key);
    CHECK(judged(unverified).disposition == Disposition::complaint_held);
    CHECK(judged(unverified).report->hold == domain::Hold::unverified);
    CHECK(judged(unverified).report->counted == 1);
    CHECK(judged(unverified).report->attributed);
    domain::Policy policy;
    policy.act_on = domain::Verdict::unverified;
    CHECK(judged(unverified, policy).disposition == Disposition::complaint_suppressed);
    CHECK(judged(with(domain::Verdict::forged, domain::Basis::own_key), policy).disposition ==
          Disposition::forged_report);
}

TEST_CASE("judge: a token of ours suppresses on an unverified report, not on a forged one") {
    const auto token = with(domain::Verdict::unverified, domain::Basis::token);
    CHECK(judged(token).disposition == Disposition::complaint_suppressed);
    CHECK(judged(with(domain::Verdict::forged, domain::Basis::token)).disposition == Disposition::forged_report);
    CHECK(judged(with(domain::Verdict::forged, domain::Basis::token)).report->suppress.empty());
    domain::Policy strict;
    strict.token_needs_authentic = true;
    CHECK(judged(token, strict).report->hold == domain::Hold::unverified);
}

TEST_CASE("judge: an address that only the report names is held, unless the policy believes it") {
    const auto claimed = with(domain::Verdict::authentic, domain::Basis::claimed);
    CHECK(judged(claimed).report->hold == domain::Hold::unconfirmed);
    domain::Policy policy;
    policy.believe_report_fields = true;
    CHECK(judged(claimed, policy).disposition == Disposition::complaint_suppressed);
}

TEST_CASE("judge: a forged report counts for nothing") {
    const auto out = judged(with(domain::Verdict::forged, domain::Basis::nothing));
    CHECK(out.report->counted == 0);
    CHECK(out.report->suppress.empty());
}

TEST_CASE("judge: a report about somebody else's IP is not counted against us, unless it brings back a token of ours") {
    auto foreign = with(domain::Verdict::authentic, domain::Basis::own_key);
    foreign.source_ip = {domain::parse_ip("198.51.100.1"), "report: Source-IP"};
    CHECK(judged(foreign).disposition == Disposition::foreign_report);
    CHECK(judged(foreign).report->counted == 0);
    CHECK(judged(foreign).report->suppress.empty());
    foreign.recipient.basis = domain::Basis::token;
    CHECK(judged(foreign).disposition == Disposition::complaint_suppressed);
    auto ours = with(domain::Verdict::authentic, domain::Basis::own_key);
    ours.source_ip = {domain::parse_ip("192.0.2.1"), "report: Source-IP"};
    CHECK(judged(ours).disposition == Disposition::complaint_suppressed);
}

TEST_CASE("judge: contradictions and mails to several people wait for a person") {
    auto contradicted = with(domain::Verdict::authentic, domain::Basis::own_key);
    contradicted.recipient.conflict = "send-log and verp name different people";
    CHECK(judged(contradicted).report->hold == domain::Hold::contradicted);

    auto ambiguous = report(true, false);
    ambiguous.recipient.status = domain::RecipientStatus::ambiguous;
    ambiguous.recipient.candidates = {*domain::parse_address("a@example.com"), *domain::parse_address("b@example.com")};
    CHECK(judged(ambiguous).report->hold == domain::Hold::ambiguous);
    CHECK(judged(ambiguous).report->suppress.size() == 2);
    CHECK_FALSE(judged(ambiguous).report->attributed);
    domain::Policy policy;
    policy.suppress_ambiguous = true;
    CHECK(judged(ambiguous, policy).disposition == Disposition::complaint_held);
    policy.believe_report_fields = true;
    ambiguous.recipient.basis = domain::Basis::own_key;
    CHECK(judged(ambiguous, policy).disposition == Disposition::complaint_suppressed);
}

TEST_CASE("judge: what a person said about a held report is done") {
    const auto claimed = with(domain::Verdict::unverified, domain::Basis::claimed);
    CHECK(judged(claimed, {}, domain::Review::accept).disposition == Disposition::complaint_suppressed);
    CHECK(judged(claimed, {}, domain::Review::accept).report->suppress.size() == 1);
    const auto rejected = judged(claimed, {}, domain::Review::reject);
    CHECK(rejected.disposition == Disposition::complaint_rejected);
    CHECK(rejected.report->suppress.empty());
    CHECK(rejected.report->counted == 1);
    CHECK(judged(with(domain::Verdict::forged, domain::Basis::claimed), {}, domain::Review::accept).disposition ==
          Disposition::forged_report);
}

TEST_CASE("judge: a list program's identifier stands for a recipient without an address") {
    auto identified = report(true, false);
    identified.recipient.basis = domain::Basis::own_key;
    identified.recipient.subscribers = {{"listmonk", "5d1f"}};
    const auto out = judged(identified);
    CHECK(out.disposition == Disposition::complaint_suppressed);
    CHECK(out.report->suppress.size() == 1);
    CHECK(out.report->attributed);
}

TEST_CASE("judge: the same token in another report is the same complaint") {
    auto first = with(domain::Verdict::unverified, domain::Basis::token);
    first.identity = "one";
    first.recipient.token = {"jt1abc", noon, "", ""};
    auto second = first;
    second.identity = "two";
    CHECK(judged(first).report->identity == judged(second).report->identity);
    second.recipient.token = {"jt1abd", noon, "", ""};
    CHECK_FALSE(judged(first).report->identity == judged(second).report->identity);
}

TEST_CASE(
    "judge: what a report suppresses its recipient for is policy, and falls back where the report does not say it") {
    domain::FeedbackReport one = report(true, false, "user@example.com");
    one.reported.from = "News <news@Mail.sender.example>";
    one.reported.list_id = "Weekly.sender.example";
    one.original_mail_from.value = "bounce@bounce.sender.example";
    domain::Policy policy;
    const auto scope = [&] { return judged(one, policy).report->scope.text(); };
    CHECK(scope() == "global");
    policy.suppression_scope = domain::ScopeKind::domain;
    CHECK(scope() == "domain:mail.sender.example");
    policy.suppression_scope = domain::ScopeKind::list;
    CHECK(scope() == "list:weekly.sender.example");
    one.recipient.token = {"text", noon, "News-4711", ""};
    CHECK(scope() == "list:news-4711"); // a token is ours, List-Id anybody's
    one.recipient.token.reset();
    one.reported.list_id = "two words";
    CHECK(scope() == "domain:mail.sender.example");
    policy.own_domains = {"bounce.sender.example"};
    CHECK(scope() == "domain:bounce.sender.example"); // a domain that is not ours would suppress for nothing we send
    policy.own_domains = {"other.example"};
    CHECK(scope() == "global");
    policy.own_domains = {"sender.example"};
    CHECK(scope() == "domain:mail.sender.example");
    one.reported.from.reset();
    one.original_mail_from.value.reset();
    CHECK(scope() == "global");
}

TEST_CASE("judge: a complaint counts for the sending domain, list and campaign that it tells") {
    domain::FeedbackReport one = report(true, false, "user@example.com");
    CHECK_FALSE(judged(one).report->list);
    CHECK_FALSE(judged(one).report->campaign);
    one.reported.from = "News <news@Mail.sender.example>";
    one.reported.list_id = "Weekly.sender.example";
    one.reported.campaign = "Autumn Sale";
    CHECK(judged(one).report->sending_domain == "mail.sender.example");
    CHECK(judged(one).report->list == "weekly.sender.example");
    CHECK(judged(one).report->campaign == "Autumn Sale");
    one.recipient.token = {"jt1abc", noon, "daily", "winter"};
    CHECK(judged(one).report->list == "daily");
    CHECK(judged(one).report->campaign == "winter");
    one.recipient.token.reset();
    for (const std::string& name : {std::string("two\nlines"), std::string(), std::string(256, 'x')}) {
        one.reported.campaign = name;
        CHECK_FALSE(judged(one).report->campaign);
    }
}

TEST_CASE(
    "judge: what a believed report says of our signatures counts for the From domain, by a signer at or above it") {
    const auto dkim = [](const char* from, std::vector<std::string> signers, const domain::Policy& policy = {},
                         domain::Verdict verdict = domain::Verdict::authentic) {
        domain::FeedbackReport one = report(true, false, "user@example.com");
        one.authenticity.verdict = verdict;
        one.reported.from = from;
        one.reported.dkim_passed = std::move(signers);
        const auto said = judged(one, policy).report->dkim;
        return said ? said->from_domain + (said->aligned ? " yes" : " no") : std::string("nothing");
    };
    CHECK(dkim("News <news@a.example>", {"a.example"}) == "a.example yes");
    CHECK(dkim("news@News.A.Example", {"esp.example", "a.example"}) == "news.a.example yes");
    CHECK(dkim("news@a.example", {"news.a.example", "ba.example"}) == "a.example no");
    CHECK(dkim("news@a.example", {}) == "a.example no");
    CHECK(dkim("undisclosed senders", {"a.example"}) == "nothing");
    CHECK(dkim("news@a.example", {"a.example"}, {}, domain::Verdict::unverified) == "nothing");
    CHECK(dkim("news@a.example", {"a.example"}, {}, domain::Verdict::forged) == "nothing");
    domain::Policy policy;
    policy.own_domains = {"b.example"};
    CHECK(dkim("news@a.example", {"a.example"}, policy) == "nothing");
    policy.own_domains = {"a.example"};
    policy.act_on = domain::Verdict::unverified;
    CHECK(dkim("news@a.example", {"a.example"}, policy, domain::Verdict::unverified) == "a.example yes");
    domain::FeedbackReport silent = report(true, false, "user@example.com");
    silent.reported.from = "news@a.example";
    CHECK_FALSE(judged(silent).report->dkim);
}
