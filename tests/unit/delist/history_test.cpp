#include "delist/history.hpp"

#include <algorithm>

#include "delist/feed.hpp"
#include "unit/delist/kept_reports.hpp"

using namespace jmrp;
using namespace jmrp::test;
using domain::MailDay;

namespace {

const std::vector<domain::Network> own = {*domain::parse_network("192.0.2.0/24")};

struct Fixture : KeptReports {
    std::vector<domain::Network> same_mail;

    const domain::ComplaintHistory& history(const std::vector<domain::Network>& own_networks = own) {
        evidence.complaints.reset();
        delist::add_complaint_history(evidence, store, own_networks, same_mail);
        REQUIRE(evidence.complaints);
        return evidence.complaints->value;
    }

    void snds(util::Day day, std::int64_t recipients, domain::RateBounds rate, const char* ip = "192.0.2.10") {
        domain::SndsAnswer answer;
        answer.source = "rest";
        answer.day = day;
        answer.at = noon;
        answer.outcome = domain::SndsOutcome::rows;
        domain::SndsDay row;
        row.ip = *domain::parse_ip(ip);
        row.day = day;
        row.message_recipients = recipients;
        row.complaint_rate = rate;
        answer.days = {row};
        store.keep_snds(answer);
    }
};

const MailDay* find(const std::vector<MailDay>& days, util::Day day) {
    const auto found = std::ranges::find(days, day, &MailDay::day);
    return found == days.end() ? nullptr : &*found;
}

KeptReports::Change from(const char* ip) {
    return [ip](domain::Settlement& out) { out.report->report.source_ip = {*domain::parse_ip(ip), "a test"}; };
}

} // namespace

TEST_CASE_METHOD(Fixture, "history: complaints count for the day the mail arrived, and apart for the day they came") {
    count(today - 5, 1000);
    count(today - 3, 500);
    complain("one@outlook.example", noon - 3 * a_day, 2 * a_day);
    complain("two@outlook.example", noon - 3 * a_day, a_day / 4);
    snds(today - 5, 950, {0.1, 0.1});
    const auto& days = history().days;
    REQUIRE(find(days, today - 5));
    CHECK(find(days, today - 5)->accepted == 1000);
    CHECK(find(days, today - 5)->complaints == 1);
    CHECK(find(days, today - 5)->reported == 0);
    CHECK(find(days, today - 5)->snds->recipients == 950);
    CHECK(find(days, today - 3)->complaints == 1);
    CHECK(find(days, today - 3)->reported == 2);
    CHECK(std::ranges::is_sorted(days, {}, &MailDay::day));
}

TEST_CASE_METHOD(Fixture,
                 "history: a trial in a mailbox of our own is no complaint of a recipient, and reported all the same") {
    count(today - 3, 500);
    store.keep_trial({*domain::parse_address("trial@outlook.example"), noon - 4 * a_day, {"ann", noon, ""}});
    complain("trial@outlook.example", noon - 3 * a_day);
    complain("one@outlook.example", noon - 3 * a_day);
    CHECK(find(history().days, today - 3)->complaints == 1);
    CHECK(find(history().days, today - 3)->reported == 2);
}

TEST_CASE_METHOD(Fixture, "history: a day of which no log tells is unknown, one on which others sent is none") {
    count(today - 5, 1000);
    count(today - 4, 700, "192.0.2.99");
    complain("one@outlook.example", noon - 4 * a_day);
    const auto& days = history().days;
    CHECK(find(days, today - 4)->accepted == 0);
    REQUIRE(find(days, today - 7));
    CHECK_FALSE(find(days, today - 7)->accepted);
}

TEST_CASE_METHOD(Fixture,
                 "history: mail of which the log tells no address is that of the only address, else of nobody") {
    log("one@outlook.example", noon - 5 * a_day, domain::SentStatus::accepted, "");
    CHECK_FALSE(find(history().days, today - 5)->accepted);
    CHECK(find(history({*domain::parse_network("192.0.2.10")}).days, today - 5)->accepted == 1);
}

TEST_CASE_METHOD(Fixture, "history: nothing is told of it without any log, nor of another list") {
    complain("one@outlook.example", noon - 4 * a_day);
    delist::add_complaint_history(evidence, store, own, {});
    CHECK_FALSE(evidence.complaints);
    count(today - 5, 1000);
    evidence.list = domain::BlockList::office365;
    delist::add_complaint_history(evidence, store, own, {});
    CHECK_FALSE(evidence.complaints);
}

TEST_CASE_METHOD(Fixture, "history: elsewhere is the sum over the other addresses of a network of the same mail") {
    count(today - 2, 1000);
    count(today - 2, 300, "192.0.2.11");
    count(today - 2, 400, "192.0.2.12");
    count(today - 2, 5000, "198.51.100.1");
    complain("one@outlook.example", noon - 2 * a_day, an_hour, from("192.0.2.12"));
    CHECK(history().elsewhere.empty());
    same_mail = {*domain::parse_network("192.0.2.0/28"), *domain::parse_network("198.51.100.0/24")};
    const MailDay* day = find(history().elsewhere, today - 2);
    REQUIRE(day);
    CHECK(day->accepted == 700);
    CHECK(day->complaints == 1);
    CHECK(find(history().days, today - 2)->accepted == 1000);
}

TEST_CASE_METHOD(Fixture, "history: SNDS speak of mail elsewhere where they know every address that sent much") {
    same_mail = own;
    for (const char* ip : {"192.0.2.11", "192.0.2.12"})
        count(today - 2, 300, ip);
    count(today - 2, 5, "192.0.2.13");
    snds(today - 2, 100, {0.2, 0.2}, "192.0.2.11");
    CHECK_FALSE(find(history().elsewhere, today - 2)->snds);
    snds(today - 2, 300, {0.6, 0.6}, "192.0.2.12");
    const auto& told = find(history().elsewhere, today - 2)->snds;
    REQUIRE(told);
    CHECK(told->recipients == 400);
    CHECK(told->complaint_rate->lower == Approx(0.5));
}

TEST_CASE_METHOD(Fixture, "history: how old mail was when complaints came, of mail that is a month old") {
    count(today - 40, 1000, "192.0.2.99");
    complain("one@outlook.example", noon - 40 * a_day, 3 * a_day, from("192.0.2.99"));
    complain("two@outlook.example", noon - 35 * a_day, 0);
    complain("three@outlook.example", noon - 3 * a_day, 0);
    complain("four@outlook.example", noon - 31 * a_day, 40 * a_day);
    const auto& ages = history().ages;
    REQUIRE(ages.size() > 4);
    CHECK(ages[0] == 1);
    CHECK(ages[3] == 1);
    CHECK(ages.back() == 1);
}

TEST_CASE_METHOD(Fixture, "feed: the newest report of the feeds that count") {
    delist::add_feed(evidence, store, {});
    CHECK_FALSE(evidence.feed->value.last_report);
    complain("one@outlook.example", noon - 2 * a_day);
    complain("two@outlook.example", noon - a_day, an_hour, [](domain::Settlement& out) { out.feed = "other"; });
    delist::add_feed(evidence, store, {});
    CHECK(evidence.feed->value.last_report == noon - a_day);
    delist::add_feed(evidence, store, {"feed"});
    CHECK(evidence.feed->value.last_report == noon - 2 * a_day);
}
