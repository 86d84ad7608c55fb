#include "reputation/leaks.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using domain::PersonHistory;
using domain::Reason;
using domain::Scope;
using domain::SuppressionEvent;
using domain::SuppressionFilter;
using Kind = SuppressionEvent::Kind;
using reputation::LeakFinder;
using reputation::Level;
using reputation::listed_periods;
using reputation::Period;

namespace {

constexpr util::Seconds hour = 3600;
constexpr util::Seconds for_ever = std::numeric_limits<util::Seconds>::max();
const Scope everywhere;
const Scope news = *domain::parse_scope("list:news");
const Scope shop = *domain::parse_scope("list:shop");

SuppressionEvent report(util::Seconds at, std::int64_t message, const Scope& scope = everywhere,
                        Reason reason = Reason::complaint) {
    return {Kind::report, scope, at, message, reason, std::nullopt};
}
SuppressionEvent added(util::Seconds at, Reason reason = Reason::manual, std::optional<util::Seconds> until = {}) {
    return {Kind::add, everywhere, at, 0, reason, until};
}
SuppressionEvent removed(util::Seconds at, std::int64_t newest_message) {
    return {Kind::remove, everywhere, at, newest_message, Reason::manual, std::nullopt};
}

std::vector<Period> listed(const std::vector<SuppressionEvent>& events, const SuppressionFilter& filter = {}) {
    return listed_periods(events, everywhere, filter);
}

/// A run that began and was confirmed then; it is sure of all that was suppressed ten minutes before.
domain::ExportRun run(const char* consumer, util::Seconds at, const SuppressionFilter& filter = {}) {
    return {consumer, at, at - domain::settled_in_time, 0, filter};
}

domain::RepeatedComplaint complaint(std::optional<util::Seconds> sent_at, const Scope& scope = everywhere) {
    domain::RepeatedComplaint out;
    out.message_id = 100;
    out.scope = scope;
    out.received_at = 1000 * hour;
    out.sent_at = sent_at;
    out.certain = true;
    return out;
}

/// "mta 2 5, mailman 2 9": who had the person, suppressed since and exported at that hour; "" for none.
std::string found(const std::vector<domain::ExportRun>& runs, const std::vector<SuppressionEvent>& events,
                  std::optional<util::Seconds> sent_at, const Scope& mail = everywhere) {
    PersonHistory person{"user@example.com", "User@example.com", events, {complaint(sent_at, mail)}};
    std::string out;
    LeakFinder(runs, hour).find(person, [&](const domain::Leak& leak) {
        CHECK(leak.address == "User@example.com");
        for (const auto& one : leak.exports)
            out += (out.empty() ? "" : ", ") + one.consumer + " " + std::to_string(one.suppressed_at / hour) + " " +
                   std::to_string(one.exported_at / hour);
    });
    return out;
}

} // namespace

TEST_CASE("leaks: somebody is on the list from the first report on, until a person takes it back") {
    CHECK(listed({}).empty());
    CHECK(listed({report(5, 1), report(9, 2)}) == std::vector<Period>{{5, for_ever}});
    CHECK(listed({report(5, 1), removed(7, 1), report(9, 2)}) == std::vector<Period>{{5, 7}, {9, for_ever}});
    // a report that was kept before the removal and settled after it was taken back with the others
    CHECK(listed({report(5, 1), removed(7, 2), report(9, 2)}) == std::vector<Period>{{5, 7}});
}

TEST_CASE("leaks: what a person adds for a time ends, and is not there again when something earlier ends") {
    CHECK(listed({added(5, Reason::manual, 8)}) == std::vector<Period>{{5, 8}});
    CHECK(listed({added(5, Reason::manual, 8), report(6, 1)}) == std::vector<Period>{{5, for_ever}});
    CHECK(listed({added(5, Reason::manual, 8), added(6, Reason::manual, 9)}) == std::vector<Period>{{5, 9}});
    CHECK(listed({added(5, Reason::manual, 8), removed(6, 0)}) == std::vector<Period>{{5, 6}});
    CHECK(listed({added(5), removed(6, 0), added(7)}) == std::vector<Period>{{5, 6}, {7, for_ever}});
}

TEST_CASE("leaks: a consumer of some reasons has whom these suppress") {
    const SuppressionFilter complaints{std::nullopt, {Reason::complaint}};
    CHECK(listed({added(5, Reason::imported), report(7, 1)}, complaints) == std::vector<Period>{{7, for_ever}});
    CHECK(listed({report(5, 1, everywhere, Reason::unsubscribe)}, complaints).empty());
    const SuppressionFilter manual{std::nullopt, {Reason::manual}};
    CHECK(listed({added(5), report(7, 1)}, manual) == std::vector<Period>{{5, 7}}); // the strongest reason is told
}

TEST_CASE("leaks: mail that was sent after the first export that had its recipient, and after the grace, is one") {
    const std::vector<domain::ExportRun> runs{run("mta", 1 * hour), run("mta", 5 * hour), run("mta", 9 * hour)};
    CHECK(found(runs, {report(2 * hour, 1)}, 7 * hour) == "mta 2 5");
    CHECK(found(runs, {report(2 * hour, 1)}, 6 * hour).empty()); // exported at 5, an hour of grace
    CHECK(found(runs, {report(2 * hour, 1)}, 6 * hour + 1) == "mta 2 5");
    CHECK(found(runs, {report(2 * hour, 1)}, 4 * hour).empty());
    CHECK(found(runs, {report(2 * hour, 1)}, 500 * hour) == "mta 2 5"); // nothing changed since
    CHECK(found({}, {report(2 * hour, 1)}, 7 * hour).empty());
}

TEST_CASE("leaks: the complaint does not count as the suppression that its own mail ignored") {
    const std::vector<domain::ExportRun> runs{run("mta", 1 * hour), run("mta", 9 * hour)};
    CHECK(found(runs, {report(8 * hour, 1), report(20 * hour, 2)}, 7 * hour).empty());
}

TEST_CASE("leaks: a report that was being settled while the export ran is sure to be in the next one") {
    const std::vector<domain::ExportRun> runs{run("mta", 5 * hour), run("mta", 9 * hour)};
    CHECK(found(runs, {report(5 * hour - 60, 1)}, 7 * hour).empty());
    CHECK(found(runs, {report(5 * hour - 60, 1)}, 11 * hour) == "mta 4 9");
}

TEST_CASE("leaks: who was taken off the list in between, or whose suppression expired, was no leak") {
    const std::vector<domain::ExportRun> runs{run("mta", 5 * hour), run("mta", 10 * hour)};
    CHECK(found(runs, {report(2 * hour, 1), removed(8 * hour, 1)}, 20 * hour).empty());
    CHECK(found(runs, {report(2 * hour, 1), removed(8 * hour, 1)}, 7 * hour) == "mta 2 5"); // before that it was
    CHECK(found(runs, {added(2 * hour, Reason::manual, 8 * hour)}, 20 * hour).empty());
    // back on the list, and not exported again yet
    CHECK(found(runs, {report(2 * hour, 1), removed(8 * hour, 1), report(11 * hour, 2)}, 20 * hour).empty());
    CHECK(found(runs, {report(2 * hour, 1), removed(8 * hour, 1), report(9 * hour, 2)}, 20 * hour) == "mta 9 10");
}

TEST_CASE("leaks: every consumer that had the person is named, the earliest first") {
    const std::vector<domain::ExportRun> runs{run("mailman", 6 * hour), run("mta", 5 * hour), run("late", 30 * hour)};
    CHECK(found(runs, {report(2 * hour, 1)}, 20 * hour) == "mta 2 5, mailman 2 6");
}

TEST_CASE("leaks: a suppression for one list is no word about another one") {
    const std::vector<domain::ExportRun> runs{run("mta", 5 * hour)};
    CHECK(found(runs, {report(2 * hour, 1, news)}, 9 * hour, shop).empty());
    CHECK(found(runs, {report(2 * hour, 1, news)}, 9 * hour, news) == "mta 2 5");
    CHECK(found(runs, {report(2 * hour, 1, news)}, 9 * hour).empty()); // of which list that mail was is not known
    CHECK(found(runs, {report(2 * hour, 1), report(3 * hour, 2, news)}, 9 * hour, news) == "mta 2 5");
}

TEST_CASE("leaks: a consumer that serves one list does not send the mail of another") {
    const std::vector<domain::ExportRun> runs{run("news", 5 * hour, {news, {}})};
    CHECK(found(runs, {report(2 * hour, 1)}, 9 * hour, news) == "news 2 5");
    CHECK(found(runs, {report(2 * hour, 1)}, 9 * hour, shop).empty());
}

TEST_CASE("leaks: what a consumer asked for when the mail was sent counts, from when on it asked") {
    const SuppressionFilter complaints{std::nullopt, {Reason::complaint}};
    const SuppressionFilter imports{std::nullopt, {Reason::imported}};
    const std::vector<domain::ExportRun> narrowed{run("mta", 5 * hour), run("mta", 10 * hour, imports)};
    CHECK(found(narrowed, {report(2 * hour, 1)}, 9 * hour) == "mta 2 5");
    CHECK(found(narrowed, {report(2 * hour, 1)}, 20 * hour).empty());
    const std::vector<domain::ExportRun> widened{run("mta", 5 * hour, imports), run("mta", 10 * hour, complaints)};
    CHECK(found(widened, {report(2 * hour, 1)}, 9 * hour).empty());
    CHECK(found(widened, {report(2 * hour, 1)}, 20 * hour) == "mta 2 10");
}

TEST_CASE("leaks: a complaint that does not tell when its mail was sent is handed on without a time") {
    PersonHistory person{"user@example.com", "user@example.com", {report(2 * hour, 1)}, {complaint(std::nullopt)}};
    int seen = 0;
    LeakFinder({run("mta", 5 * hour)}, hour).find(person, [&](const domain::Leak& leak) {
        ++seen;
        CHECK_FALSE(leak.complaint.sent_at);
    });
    CHECK(seen == 1);
}

TEST_CASE("leaks: the rule of the check says how many, and who had the list") {
    const reputation::Bounds bounds{1, 10};
    CHECK(reputation::judge_leaks({}, false, 7, bounds).sentence == "no export is configured");
    CHECK(reputation::judge_leaks({}, true, 7, bounds).level == Level::ok);
    domain::LeakCount count;
    count.certain = 2;
    count.unverified = 3;
    count.by_consumer = {{"mailman", 1}, {"mta", 2}};
    const auto finding = reputation::judge_leaks(count, true, 7, bounds);
    CHECK(finding.level == Level::warning);
    CHECK(
        finding.sentence ==
        "2 complaints in the last 7 days about mail that was sent after its recipient was exported as suppressed: some "
        "sender ignores the list (mailman 1, mta 2): 'jmrp leaks'; 3 more told by reports that are held");
    count.certain = 10;
    CHECK(reputation::judge_leaks(count, true, 7, bounds).level == Level::critical);
}
