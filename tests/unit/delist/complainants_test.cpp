#include "delist/complainants.hpp"

#include "delist/leaks.hpp"
#include "unit/delist/kept_reports.hpp"

using namespace jmrp;
using namespace jmrp::test;
using domain::Disposition;

namespace {

struct Fixture : KeptReports {
    std::vector<domain::Consumer> consumers{consumer("mta")};

    domain::Complainants complainants() {
        const delist::ListHolders holders(store, consumers, an_hour);
        delist::add_complainants(evidence, store, delist::find_complainants(store, evidence, holders), holders);
        REQUIRE(evidence.complainants);
        return evidence.complainants->value;
    }

    domain::Leaks leaks() {
        const delist::ListHolders holders(store, consumers, an_hour);
        delist::add_leaks(evidence, store, delist::find_complainants(store, evidence, holders), holders);
        REQUIRE(evidence.leaks);
        return evidence.leaks->value;
    }
};

void hold(domain::Settlement& out) {
    out.disposition = Disposition::complaint_held;
    out.report->hold = domain::Hold::unverified;
}

KeptReports::Change ends_as(Disposition disposition) {
    return [disposition](domain::Settlement& out) { out.disposition = disposition; };
}

void for_a_list(domain::Settlement& out) {
    out.report->scope = *domain::parse_scope("list:news.example");
}

} // namespace

TEST_CASE_METHOD(Fixture, "complainants: everybody counts once, and those whom nobody knows apart") {
    complain("one@outlook.example", noon - 3 * a_day);
    complain("One@outlook.example", noon - 2 * a_day);
    complain("two@outlook.example", noon - 2 * a_day);
    complain("held@outlook.example", noon - 2 * a_day, an_hour, hold);
    complain("nobody@outlook.example", noon - 2 * a_day, an_hour, [](domain::Settlement& out) {
        out.disposition = Disposition::complaint_unattributed;
        out.report->named = out.report->suppress = {};
        out.report->attributed = false;
    });
    const domain::Complainants who = complainants();
    CHECK(who.known == 2);
    CHECK(who.suppressed == 2);
    CHECK(who.exported == 0);
    CHECK(who.unnamed == 2);
    CHECK(evidence.complainants->at == noon);
}

TEST_CASE_METHOD(Fixture, "complainants: other addresses, forged, rejected and protected ones are none") {
    for (const Disposition other : {Disposition::forged_report, Disposition::foreign_report,
                                    Disposition::complaint_rejected, Disposition::complaint_protected})
        complain("user@outlook.example", noon - a_day, an_hour, ends_as(other));
    complain("user@outlook.example", noon - a_day, an_hour, [](domain::Settlement& out) {
        out.report->report.source_ip = {*domain::parse_ip("192.0.2.11"), "a test"};
    });
    complain("user@outlook.example", noon - 91 * a_day);
    const domain::Complainants who = complainants();
    CHECK(who.known == 0);
    CHECK(who.unnamed == 0);
}

TEST_CASE_METHOD(Fixture, "complainants: somebody who was taken off the list is not suppressed") {
    complain("user@outlook.example", noon - 3 * a_day);
    run_export("mta", noon - 2 * a_day);
    CHECK(complainants().exported == 1);
    lift("user@outlook.example", noon - a_day);
    CHECK(complainants().suppressed == 0);
    CHECK(complainants().exported == 0);
}

TEST_CASE_METHOD(Fixture, "complainants: exported is who is with every consumer that asks for such people") {
    complain("user@outlook.example", noon - 3 * a_day);
    consumers.push_back(consumer("second"));
    run_export("mta", noon - 2 * a_day);
    CHECK(complainants().exported == 0);
    run_export("second", noon - 4 * a_day); // before the complaint
    CHECK(complainants().exported == 0);
    run_export("second", noon - a_day);
    CHECK(complainants().exported == 1);
    consumers.push_back(consumer("opt-outs"));
    consumers.back().filter.reasons = {domain::Reason::unsubscribe};
    CHECK(complainants().exported == 1);
    consumers.front().filter.reasons = {domain::Reason::complaint}; // it was never handed such a list
    CHECK(complainants().exported == 0);
}

TEST_CASE_METHOD(Fixture, "complainants: without a consumer nobody is exported") {
    complain("user@outlook.example", noon - 3 * a_day);
    consumers.clear();
    CHECK(complainants().exported == 0);
}

TEST_CASE_METHOD(Fixture, "complainants: those of the last hour are on their way to the list") {
    complain("user@outlook.example", noon - an_hour / 2);
    CHECK(complainants().known == 0);
}

TEST_CASE_METHOD(Fixture,
                 "complainants: without any report, and of a list that tells of no complaints, they are unknown") {
    const delist::ListHolders holders(store, consumers, an_hour);
    delist::add_complainants(evidence, store, {}, holders);
    CHECK_FALSE(evidence.complainants);
    complain("user@outlook.example", noon - 3 * a_day);
    evidence.list = domain::BlockList::office365;
    delist::add_complainants(evidence, store, {}, holders);
    CHECK_FALSE(evidence.complainants);
}

TEST_CASE_METHOD(Fixture, "leaks: complaints about mail of the address that left after the export, since the repair") {
    complain("user@outlook.example", noon - 20 * a_day);
    run_export("mta", noon - 19 * a_day);
    complain("user@outlook.example", noon - 10 * a_day);
    complain("user@outlook.example", noon - 9 * a_day, an_hour, [](domain::Settlement& out) {
        out.report->report.source_ip = {*domain::parse_ip("192.0.2.11"), "a test"};
    });
    complain("user@outlook.example", noon - 2 * a_day);
    CHECK(leaks().complained == std::vector<util::Seconds>{noon - 10 * a_day - an_hour, noon - 2 * a_day - an_hour});
    evidence.repair = {{"cause", "fix", noon - 5 * a_day}, "a person", noon};
    CHECK(leaks().complained == std::vector<util::Seconds>{noon - 2 * a_day - an_hour});
}

TEST_CASE_METHOD(Fixture, "leaks: the newest mail in the log to somebody who was exported before it, by any address") {
    complain("user@outlook.example", noon - 20 * a_day);
    log("user@outlook.example", noon - 19 * a_day - an_hour); // before the export
    log("other@outlook.example", noon - an_hour);             // did not complain
    log("user@outlook.example", noon - 2 * a_day, domain::SentStatus::rejected);
    run_export("mta", noon - 19 * a_day);
    log("user@outlook.example", noon - 19 * a_day + an_hour / 2); // on its way already
    CHECK_FALSE(leaks().last_in_log);
    CHECK(leaks().log_was_read == false); // of 28 days it has 19
    log("user@outlook.example", noon - 4 * a_day, domain::SentStatus::accepted, "192.0.2.11");
    log("user@outlook.example", noon - 7 * a_day);
    CHECK(leaks().last_in_log == noon - 4 * a_day);
    evidence.repair = {{"cause", "fix", noon - 3 * a_day}, "a person", noon};
    CHECK_FALSE(leaks().last_in_log);
    CHECK(leaks().log_was_read);
}

TEST_CASE_METHOD(Fixture, "leaks: a log that ends days ago was not read") {
    complain("user@outlook.example", noon - 20 * a_day);
    log("other@outlook.example", noon - 10 * a_day);
    log("other@outlook.example", noon - 3 * a_day);
    evidence.repair = {{"cause", "fix", noon - 5 * a_day}, "a person", noon};
    CHECK_FALSE(leaks().log_was_read);
    log("other@outlook.example", noon - an_hour);
    CHECK(leaks().log_was_read);
}

TEST_CASE_METHOD(Fixture, "leaks: a log does not tell what a mail to somebody who is suppressed for one list was") {
    complain("user@outlook.example", noon - 20 * a_day, an_hour, for_a_list);
    run_export("mta", noon - 19 * a_day);
    evidence.repair = {{"cause", "fix", noon - 5 * a_day}, "a person", noon};
    log("user@outlook.example", noon - 6 * a_day);
    log("user@outlook.example", noon - a_day / 2);
    CHECK_FALSE(leaks().last_in_log);
    CHECK_FALSE(leaks().log_was_read);
}
