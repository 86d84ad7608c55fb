#include <catch2/catch.hpp>

#include "store/connection.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::Disposition;
using test::TemporaryDirectory;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

store::Options at(const TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return options;
}

void accept(store::Store& store, const std::string& bytes) {
    domain::RawMessage raw;
    raw.bytes = bytes;
    store::Prepared prepared = store::prepare(raw);
    store.accept(std::span(&prepared, 1), "feed", noon);
}

domain::Settlement complaint(const store::Claimed& claimed, const std::string& identity) {
    domain::Settlement out;
    out.message_id = claimed.message_id;
    out.feed = claimed.feed;
    out.received_at = claimed.received_at;
    out.kind = "feedback-report";
    out.disposition = Disposition::complaint_suppressed;
    domain::Settlement::Report row;
    row.identity = util::digest("report", identity);
    row.report.feedback_type = "abuse";
    row.report.complaint = true;
    row.counted = 3;
    row.attributed = true;
    out.report = row;
    return out;
}

} // namespace

TEST_CASE("store: a day of a feed counts each report once, and no forged one") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const auto settle = [&](const char* bytes, const char* identity, const auto& change) {
        accept(store, bytes);
        const auto claimed = store.claim(1);
        REQUIRE(claimed.size() == 1);
        domain::Settlement settlement = complaint(claimed.front(), identity);
        change(settlement);
        store.settle(std::span(&settlement, 1));
    };
    settle("one", "one", [](domain::Settlement& settlement) {
        settlement.report->report.recipient.basis = domain::Basis::token;
        settlement.report->report.recipient.tokens_refused = 1; // another one opened
    });
    settle("again", "one", [](domain::Settlement&) {});
    settle("two", "two", [](domain::Settlement& settlement) {
        settlement.report->attributed = false;
        settlement.report->report.recipient.tokens_refused = 3;
        settlement.report->report.authenticity.verdict = domain::Verdict::authentic;
    });
    settle("opt-out", "opt-out", [](domain::Settlement& settlement) {
        settlement.disposition = Disposition::unsubscribe_suppressed;
        settlement.report->report.complaint = false;
    });
    settle("foreign", "foreign",
           [](domain::Settlement& settlement) { settlement.disposition = Disposition::foreign_report; });
    settle("forged", "forged",
           [](domain::Settlement& settlement) { settlement.disposition = Disposition::forged_report; });
    const auto days = store.feed_days(util::day_of(noon));
    REQUIRE(days.size() == 1);
    const domain::FeedDay& day = days.front();
    CHECK(day.feed == "feed");
    CHECK(day.day == util::day_of(noon));
    CHECK(day.reports == 4);
    CHECK(day.complaints == 2);
    CHECK(day.attributed == 1);
    CHECK(day.unverified == 1);
    CHECK(day.tokens_opened == 1);
    CHECK(day.tokens_refused == 1);
    CHECK(day.last_report_at == noon);
    CHECK(store.feed_days(util::day_of(noon) + 1).empty());
}

TEST_CASE("store: what a rebuild reads again does not wait since its receipt") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    accept(store, "two");
    for (const store::Claimed& claimed : store.claim(2)) {
        const domain::Settlement settled = complaint(claimed, std::to_string(claimed.message_id));
        store.settle(std::span(&settled, 1));
    }
    CHECK(store.backlog().rebuilding == 0);
    store.begin_rebuild(noon + 100);
    CHECK(store.backlog().unsettled == 0);
    CHECK_FALSE(store.backlog().oldest_unsettled);
    CHECK(store.backlog().rebuilding == 2);
    CHECK(store.backlog().rebuild_began == noon + 100);
    accept(store, "three"); // new mail waits since it came
    CHECK(store.backlog().unsettled == 1);
    CHECK(store.backlog().oldest_unsettled == noon);
    for (const store::Claimed& claimed : store.claim(2)) {
        const domain::Settlement settled = complaint(claimed, std::to_string(claimed.message_id));
        store.settle(std::span(&settled, 1));
    }
    CHECK(store.backlog().rebuilding == 0);
    CHECK_FALSE(store.backlog().rebuild_began);
    CHECK(store.backlog().unsettled == 1);
}

TEST_CASE("store: a database that is older than the note of a rebuild counts all as new") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    {
        const store::Sqlite database(folder.path() / "jmrp.db", store::Sqlite::Access::write, 1000,
                                     store::application_id, store::schema_version);
        store::Statement(database, "DROP TABLE rebuild").step();
    }
    CHECK(store.backlog().unsettled == 1);
    CHECK(store.backlog().rebuilding == 0);
}

TEST_CASE("store: what waits is counted, with the receipt of the oldest") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    CHECK_FALSE(store.backlog().oldest_unsettled);
    accept(store, "one");
    accept(store, "two");
    accept(store, "three");
    CHECK(store.backlog().unsettled == 3);
    CHECK(store.backlog().oldest_unsettled == noon);
    const auto claimed = store.claim(2);
    domain::Settlement held = complaint(claimed.front(), "held");
    held.disposition = Disposition::complaint_held;
    held.report->hold = domain::Hold::ambiguous;
    domain::Settlement odd;
    odd.message_id = claimed.back().message_id;
    odd.feed = "feed";
    odd.received_at = noon;
    odd.kind = "unrecognized";
    odd.quarantine = "nothing known";
    for (const domain::Settlement* settlement : {&held, &odd})
        store.settle(std::span(settlement, 1));
    const domain::Backlog backlog = store.backlog();
    CHECK(backlog.unsettled == 1);
    CHECK(backlog.quarantined == 1);
    REQUIRE(backlog.held.size() == 1);
    CHECK(backlog.held.front().reason == domain::Hold::ambiguous);
    CHECK(backlog.held.front().reports == 1);
    CHECK(backlog.held.front().oldest == noon);
    REQUIRE(store.recent_reports(10).size() == 1);
    CHECK(store.recent_reports(10).front().message_id == held.message_id);
    CHECK(store.recent_reports(10).front().verdict == "unverified");
}
