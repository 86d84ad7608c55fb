#include "store/locks.hpp"
#include "store/store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "support/temporary_directory.hpp"
#include "util/compress.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using domain::Disposition;
using test::TemporaryDirectory;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

store::Options at(const TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "deep" / "jmrp.db";
    options.busy_timeout_ms = 50;
    return options;
}

store::Prepared message(const std::string& bytes) {
    domain::RawMessage raw;
    raw.bytes = bytes;
    raw.origin = "a test";
    return store::prepare(raw);
}

/// Whether it was new.
bool accept(store::Store& store, const std::string& bytes) {
    store::Prepared prepared = message(bytes);
    return store.accept(std::span(&prepared, 1), "feed", noon).front() != store::known_before;
}

domain::Settlement complaint(const store::Claimed& claimed, const std::string& identity, const char* recipient,
                             const char* ip = "192.0.2.1") {
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
    row.report.source_ip = {*domain::parse_ip(ip), "report: Source-IP"};
    row.report_date = claimed.received_at;
    row.report_day = util::day_of(claimed.received_at);
    row.arrival_day = row.report_day - 2;
    row.counted = 3;
    if (recipient) {
        row.report.recipient.status = domain::RecipientStatus::known;
        row.report.recipient.addresses = {*domain::parse_address(recipient)};
        row.named = {*domain::parse_address(recipient)};
        row.suppress = row.named;
        row.attributed = true;
    }
    out.report = row;
    return out;
}

void settle_next(store::Store& store, const std::string& identity, const char* recipient,
                 const char* ip = "192.0.2.1") {
    const auto claimed = store.claim(1);
    REQUIRE(claimed.size() == 1);
    const domain::Settlement settlement = complaint(claimed.front(), identity, recipient, ip);
    store.settle(std::span(&settlement, 1));
}

struct Count {
    std::string name;
    util::Day report_day = 0;
    util::Day arrival_day = 0;
    std::int64_t reports = 0;
    std::int64_t complaints = 0;
};

std::vector<Count> counts_of(store::Store& store, const store::ComplaintQuery& query) {
    std::vector<Count> out;
    store.for_each_complaint_count(query, [&](const store::ComplaintCount& row) {
        out.push_back({std::string(row.name), row.report_day, row.arrival_day, row.reports, row.complaints});
    });
    return out;
}

bool suppressed(store::Store& store, const char* address) {
    const auto story = store.suppression_story(*domain::parse_address(address), noon);
    return std::ranges::any_of(story.suppressions, [](const auto& one) { return one.active; });
}

void decide(store::Store& store, const domain::Person& person, bool add) {
    domain::SuppressionDecision decision;
    decision.person = person;
    decision.add = add;
    decision.note = "asked";
    decision.decided_by = "admin";
    decision.decided_at = noon;
    store.decide_suppressions(std::span(&decision, 1));
}

std::vector<std::string> dump(store::Store& store) {
    std::vector<std::string> out;
    store.dump([&](std::string_view line) { out.emplace_back(line); });
    return out;
}

util::FaultKind kind_of_fault(const std::function<void()>& work) {
    try {
        work();
    } catch (const util::Fault& fault) {
        return fault.kind();
    }
    return util::FaultKind::usage;
}

} // namespace

TEST_CASE("store: a missing database is made with its folder, for its owner's eyes alone") {
    const TemporaryDirectory folder;
    const store::Store store(at(folder));
    struct stat found {};
    REQUIRE(::stat(at(folder).path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    REQUIRE(::stat(at(folder).path.parent_path().c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0700);
}

TEST_CASE("store: what root makes in the folder of a service user belongs to that user") {
    if (::geteuid() != 0)
        return; // nobody else could give files away
    const TemporaryDirectory folder;
    REQUIRE(::chown(folder.path().c_str(), 65534, 65534) == 0);
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    const store::Store store(options);
    const store::SettlingLock lock(options.path, true);
    for (const char* name : {"jmrp.db", "jmrp.db.settling"}) {
        struct stat found {};
        REQUIRE(::stat((folder.path() / name).c_str(), &found) == 0);
        CHECK(found.st_uid == 65534);
    }
}

TEST_CASE("store: bytes come back as they came, NUL and broken UTF-8 included") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const std::string bytes("a\0b\xff\xfe\r\n\r\nlast", 13);
    accept(store, bytes);
    const auto claimed = store.claim(10);
    REQUIRE(claimed.size() == 1);
    CHECK(util::decompress(claimed.front().frame, 100) == bytes);
    CHECK(store.message(claimed.front().message_id)->bytes == bytes);
}

TEST_CASE("store: the same bytes are kept once") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    CHECK(accept(store, "one"));
    CHECK_FALSE(accept(store, "one"));
    std::vector<store::Prepared> batch{message("two"), message("one"), message("two")};
    const auto ids = store.accept(batch, "feed", noon);
    CHECK(ids[0] != store::known_before);
    CHECK(ids[1] == store::known_before);
    CHECK(ids[2] == store::known_before);
    CHECK(store.status(noon).messages == 2);
}

TEST_CASE("store: a report by another route counts once and suppresses once") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "route one");
    accept(store, "route two");
    settle_next(store, "same", "user@example.com");
    settle_next(store, "same", "user@example.com");
    const auto rows = counts_of(store, {});
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().complaints == 3);
    CHECK(rows.front().reports == 1);
    CHECK(store.suppression_story(*domain::parse_address("user@example.com"), noon).suppressions.front().reports == 1);
    const auto outcomes = store.status(noon).dispositions;
    CHECK(std::find(outcomes.begin(), outcomes.end(), std::pair<std::string, std::int64_t>("duplicate-report", 1)) !=
          outcomes.end());
}

TEST_CASE("store: complaints are counted by the day of arrival and by the day of the report") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    settle_next(store, "one", "user@example.com", "2001:db8::1");
    const auto rows = counts_of(store, {});
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().report_day == util::day_of(noon));
    CHECK(rows.front().arrival_day == util::day_of(noon) - 2);
    CHECK(counts_of(store, {.by = domain::TrafficBy::source_ip, .name = std::nullopt, .first_day = util::day_of(noon)})
              .size() == 1);
    CHECK(counts_of(store,
                    {.by = domain::TrafficBy::source_ip, .name = std::nullopt, .first_day = util::day_of(noon) + 1})
              .empty());
    CHECK(counts_of(store, {.by = domain::TrafficBy::source_ip, .name = "2001:db8::1", .first_day = {}}).size() == 1);
    CHECK(counts_of(store, {.by = domain::TrafficBy::source_ip, .name = "192.0.2.9", .first_day = {}}).empty());
}

TEST_CASE("store: a complaint counts for its IP, sending domain, list and campaign, until a person takes it back") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    accept(store, "two");
    const auto claimed = store.claim(2);
    std::vector<domain::Settlement> settlements;
    for (const store::Claimed& one : claimed) {
        domain::Settlement settlement = complaint(one, std::to_string(one.message_id), "user@example.com");
        settlement.report->sending_domain = "sender.example";
        settlement.report->list = "weekly.sender.example";
        if (one.message_id == claimed.front().message_id)
            settlement.report->campaign = "autumn";
        settlement.report->hold = domain::Hold::unverified;
        settlements.push_back(std::move(settlement));
    }
    store.settle(settlements);
    const auto told = [&](domain::TrafficBy by) {
        std::string out;
        for (const auto& row : counts_of(store, {.by = by, .name = {}, .first_day = {}}))
            out += row.name + " " + std::to_string(row.reports) + ";";
        return out;
    };
    CHECK(told(domain::TrafficBy::source_ip) == "192.0.2.1 2;");
    CHECK(told(domain::TrafficBy::domain) == "sender.example 2;");
    CHECK(told(domain::TrafficBy::list) == "weekly.sender.example 2;");
    CHECK(told(domain::TrafficBy::campaign) == "autumn 1;");
    store.review(std::vector<std::int64_t>{claimed.front().message_id}, domain::Review::accept, "somebody", noon);
    CHECK(told(domain::TrafficBy::source_ip) == "192.0.2.1 1;");
    CHECK(told(domain::TrafficBy::list) == "weekly.sender.example 1;");
    CHECK(told(domain::TrafficBy::campaign).empty());
}

TEST_CASE("store: a person's removal holds until the next complaint") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const auto address = *domain::parse_address("User@example.com");
    accept(store, "one");
    accept(store, "came before the removal, is settled after it");
    settle_next(store, "one", "user@example.com");
    CHECK(suppressed(store, "USER@EXAMPLE.COM"));
    decide(store, address, false);
    CHECK_FALSE(suppressed(store, "user@example.com"));
    settle_next(store, "two", "user@example.com");
    CHECK_FALSE(suppressed(store, "user@example.com"));
    accept(store, "three"); // in the very same second
    settle_next(store, "three", "user@example.com");
    CHECK(suppressed(store, "user@example.com"));
    CHECK(store.suppression_story(address, noon).decisions.size() == 1);
    CHECK(store.suppression_story(address, noon).reports.size() == 3);
}

TEST_CASE("store: the list of suppressions sums up reports and decisions in order of address") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    for (const char* bytes : {"one", "two", "three", "four"})
        accept(store, bytes);
    settle_next(store, "one", "m@example.com");
    settle_next(store, "two", "M@example.com");
    settle_next(store, "three", "z@example.com");
    const auto claimed = store.claim(1);
    domain::Settlement is_protected = complaint(claimed.front(), "four", "abuse@example.com");
    is_protected.report->suppress.clear();
    store.settle(std::span(&is_protected, 1));
    decide(store, *domain::parse_address("n@example.com"), true);
    decide(store, *domain::parse_address("z@example.com"), false);
    std::vector<std::string> seen;
    store.for_each_suppression(noon, [&](const domain::Suppression& one) {
        seen.push_back(one.person + " " + std::to_string(one.reports) + " " + std::to_string(one.complaints) + " " +
                       (one.active ? "active " : "removed ") +
                       (!one.decision       ? ""
                        : one.decision->add ? "add"
                                            : "remove"));
    });
    CHECK(seen == std::vector<std::string>{"M@example.com 2 2 active ", "n@example.com 0 0 active add",
                                           "z@example.com 1 1 removed remove"});
    CHECK(store.status(noon).suppressed == 2);
    CHECK(store.suppression_story(*domain::parse_address("abuse@example.com"), noon).suppressions.empty());
}

TEST_CASE("store: a rebuild gives the same derived tables and keeps decisions") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    accept(store, "two");
    settle_next(store, "one", "user@example.com");
    settle_next(store, "two", nullptr, "192.0.2.7");
    decide(store, *domain::parse_address("user@example.com"), false);
    decide(store, *domain::parse_address("hand@example.com"), true);
    const auto before = dump(store);
    store.begin_rebuild(1);
    CHECK(store.status(noon).unsettled == 2);
    settle_next(store, "one", "user@example.com");
    settle_next(store, "two", nullptr, "192.0.2.7");
    CHECK(dump(store) == before);
    CHECK_FALSE(suppressed(store, "user@example.com"));
    CHECK(suppressed(store, "hand@example.com"));
}

TEST_CASE("store: a message tried before is claimed alone and after all fresh ones") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "kills");
    REQUIRE(store.claim(10).size() == 1); // and the claimer dies
    accept(store, "fresh one");
    accept(store, "fresh two");
    const auto fresh = store.claim(10);
    REQUIRE(fresh.size() == 2);
    CHECK(fresh.front().attempts == 1);
    for (int attempt = 2; attempt < 5; ++attempt) {
        const auto again = store.claim(10);
        REQUIRE(again.size() == 1);
        CHECK(again.front().attempts == 2 + (attempt - 2) / 3);
    }
}

TEST_CASE("store: released from quarantine a message is read again, dropped it is gone and does not come back") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "odd");
    accept(store, "odder");
    for (int i = 0; i < 2; ++i) {
        const auto claimed = store.claim(1);
        domain::Settlement settlement;
        settlement.message_id = claimed.front().message_id;
        settlement.feed = "feed";
        settlement.received_at = noon;
        settlement.kind = "unrecognized";
        settlement.quarantine = "not understood";
        store.settle(std::span(&settlement, 1));
    }
    const auto entries = store.quarantine();
    REQUIRE(entries.size() == 2);
    CHECK(entries.front().reason == "not understood");
    CHECK(store.release_from_quarantine(entries[0].message_id));
    CHECK_FALSE(store.release_from_quarantine(entries[0].message_id));
    CHECK(store.status(noon).unsettled == 1);
    CHECK(store.drop_from_quarantine(entries[1].message_id, "admin", noon));
    CHECK(store.quarantine().empty());
    CHECK_FALSE(store.message(entries[1].message_id));
    CHECK_FALSE(accept(store, "odder"));
    store.begin_rebuild(1);
    CHECK(store.status(noon).unsettled == 1);
}

TEST_CASE("store: a settlement that fails leaves nothing behind") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    accept(store, "two");
    const auto claimed = store.claim(2);
    const auto before = dump(store);
    std::vector<domain::Settlement> settlements{complaint(claimed.front(), "one", "user@example.com")};
    settlements.push_back(settlements.front());
    settlements.back().message_id = 2;
    settlements.back().kind = "nonsense"; // the schema refuses it
    settlements.back().report->identity = util::digest("report", "two");
    CHECK_THROWS_AS(store.settle(settlements), util::Fault);
    CHECK(dump(store) == before);
    settlements.pop_back();
    store.settle(settlements);
    CHECK(store.status(noon).unsettled == 1);
}

TEST_CASE("store: a message settled by two counts once") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    const auto claimed = store.claim(1);
    const std::vector<domain::Settlement> settlements(2, complaint(claimed.front(), "one", "user@example.com"));
    store.settle(settlements);
    const auto before = dump(store);
    store.settle(settlements);
    CHECK(dump(store) == before);
    CHECK(counts_of(store, {}).front().reports == 1);
}

TEST_CASE("store: hostile texts of a mail are values and nothing else") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    accept(store, "one");
    const auto claimed = store.claim(1);
    domain::Settlement settlement = complaint(claimed.front(), "one", "o'brien--@example.com");
    settlement.report->report.reported.message_id = std::string("x'); DROP TABLE report; --\0\xff", 28);
    settlement.report->report.feedback_type = "':id";
    settlement.report->campaign = "x'); DROP TABLE report; --";
    store.settle(std::span(&settlement, 1));
    CHECK(suppressed(store, "O'Brien--@example.com"));
    CHECK(store.status(noon).unsettled == 0);
    CHECK(counts_of(store, {}).size() == 1);
}

TEST_CASE("store: files that are no database of ours are refused and stay as they are") {
    const TemporaryDirectory folder;
    store::Options options;
    options.path = folder.path() / "file";
    std::ofstream(options.path) << "this is a text of some length and by no means a database, whatever its name may be";
    CHECK(kind_of_fault([&] { store::Store store(options); }) == util::FaultKind::damaged);
    options.path = folder.path();
    CHECK(kind_of_fault([&] { store::Store store(options); }) == util::FaultKind::configuration);
    options.path = folder.path() / "absent";
    options.create = false;
    CHECK(kind_of_fault([&] { store::Store store(options); }) == util::FaultKind::not_found);
}

TEST_CASE("store: who settles is alone, and others do not wait unless they want to") {
    const TemporaryDirectory folder;
    const store::Store store(at(folder));
    {
        const store::SettlingLock first(at(folder).path, true);
        CHECK(first.held());
        CHECK_FALSE(store::SettlingLock(at(folder).path, false).held());
    }
    CHECK(store::SettlingLock(at(folder).path, false).held());
}

namespace {

domain::Settlement held(const store::Claimed& claimed, const std::string& identity, const char* recipient) {
    domain::Settlement out = complaint(claimed, identity, recipient);
    out.disposition = Disposition::complaint_held;
    out.report->hold = domain::Hold::unverified;
    return out;
}

/// Keeps a message and settles it as `what` says; the id of the message.
template <typename What>
std::int64_t settle_as(store::Store& store, const std::string& bytes, const What& what) {
    REQUIRE(accept(store, bytes));
    const auto claimed = store.claim(1);
    REQUIRE(claimed.size() == 1);
    const domain::Settlement settlement = what(claimed.front());
    store.settle(std::span(&settlement, 1));
    return claimed.front().message_id;
}

} // namespace

TEST_CASE("store: a held report counts and suppresses nobody until a person accepts it") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const auto id =
        settle_as(store, "one", [](const auto& claimed) { return held(claimed, "r1", "user@example.com"); });
    CHECK_FALSE(suppressed(store, "user@example.com"));
    CHECK(counts_of(store, {}).at(0).complaints == 3);
    REQUIRE(store.held().size() == 1);
    CHECK(store.held().front().persons == std::vector<std::string>{"user@example.com"});
    CHECK(store.held(domain::Hold::pace).empty());

    CHECK(store.review(std::vector{id, id + 7}, domain::Review::accept, "me", noon) == std::vector{id});
    CHECK(store.held().empty());
    CHECK(counts_of(store, {}).empty());
    const auto again = store.claim(1);
    REQUIRE(again.size() == 1);
    CHECK(again.front().facts.review == domain::Review::accept);
    const auto accepted = complaint(again.front(), "r1", "user@example.com");
    store.settle(std::span(&accepted, 1));
    CHECK(suppressed(store, "user@example.com"));
    CHECK(counts_of(store, {}).at(0).complaints == 3);
    CHECK(store.status(noon).held == 0);
}

TEST_CASE("store: more people an hour than the pace allows are held, and the next hour begins anew") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const auto paced = [](const char* recipient, util::Seconds later) {
        return [recipient, later](const store::Claimed& claimed) {
            domain::Settlement out = complaint(claimed, recipient, recipient);
            out.received_at += later;
            out.report->pace_per_hour = 2;
            return out;
        };
    };
    settle_as(store, "1", paced("a@example.com", 0));
    settle_as(store, "2", paced("b@example.com", 0));
    settle_as(store, "3", paced("c@example.com", 10));
    settle_as(store, "4", paced("d@example.com", 3600));
    CHECK(suppressed(store, "b@example.com"));
    CHECK_FALSE(suppressed(store, "c@example.com"));
    CHECK(suppressed(store, "d@example.com"));
    REQUIRE(store.held().size() == 1);
    CHECK(store.held().front().reason == domain::Hold::pace);
}

TEST_CASE("store: what the send log said about a report is kept for the next reading") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const domain::SentMatch match{*domain::parse_address("user@example.com"), "outlook.com",
                                  domain::parse_ip("192.0.2.1"), noon, domain::SentStatus::accepted};
    settle_as(store, "one", [&](const auto& claimed) {
        domain::Settlement out = complaint(claimed, "r1", "user@example.com");
        out.sent = domain::SentEvidence{{match}, {}};
        return out;
    });
    store.begin_rebuild(1);
    const auto claimed = store.claim(1);
    REQUIRE(claimed.size() == 1);
    REQUIRE(claimed.front().facts.sent);
    CHECK(claimed.front().facts.sent->by_message_id == std::vector{match});
    CHECK(claimed.front().facts.sent->by_queue_id.empty());
}

TEST_CASE("store: a subscriber without an address is suppressed by the name its list program gave it") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const domain::Person subscriber = domain::Subscriber{"listmonk", "5d1f"};
    settle_as(store, "one", [&](const auto& claimed) {
        domain::Settlement out = complaint(claimed, "r1", nullptr);
        out.report->named = out.report->suppress = {subscriber};
        return out;
    });
    const auto story = store.suppression_story(subscriber, noon);
    REQUIRE(story.suppressions.size() == 1);
    CHECK(story.suppressions.front().active);
    CHECK(story.suppressions.front().person == "@listmonk:5d1f");
}

TEST_CASE("store: forged reports and those about others count for nothing") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    settle_as(store, "one", [](const auto& claimed) {
        domain::Settlement out = complaint(claimed, "r1", nullptr);
        out.disposition = Disposition::forged_report;
        return out;
    });
    CHECK(counts_of(store, {}).empty());
    CHECK(store.status(noon).dispositions.at(0).first == "forged-report");
}
