#include "store/forget.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "support/temporary_directory.hpp"
#include "util/compress.hpp"
#include "util/text.hpp"

using namespace jmrp;
using test::TemporaryDirectory;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;
const std::string person = "Forget.Me@example.com";

store::Options at(const TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return options;
}

/// A report that names both, of which the second is nobody to be forgotten.
void complain(store::Store& store, const std::string& text, const std::vector<std::string>& people) {
    domain::RawMessage raw;
    raw.bytes = text;
    store::Prepared prepared = store::prepare(raw);
    store.accept(std::span(&prepared, 1), "feed", noon);
    const auto claimed = store.claim(1);
    domain::Settlement out;
    out.message_id = claimed.front().message_id;
    out.feed = "feed";
    out.received_at = noon;
    out.kind = "feedback-report";
    out.disposition = domain::Disposition::complaint_suppressed;
    domain::Settlement::Report row;
    row.identity = util::digest("report", text);
    row.report.complaint = true;
    row.report.original_mail_from = {"bounce+forget.me=example.com@sender.example", "somewhere"};
    row.report.source_ip = {*domain::parse_ip("192.0.2.1"), "somewhere"};
    row.report.authenticity.verdict = domain::Verdict::authentic;
    row.attributed = true;
    row.counted = 2;
    row.report_day = row.arrival_day = util::day_of(noon);
    for (const std::string& one : people)
        row.named.push_back(*domain::parse_person(one));
    row.suppress = row.named;
    out.report = row;
    store.settle(std::span(&out, 1));
}

std::vector<std::string> counts(store::Store& store) {
    std::vector<std::string> out;
    store.dump([&](std::string_view line) {
        for (const char* kind : {"complaints|", "outcomes|", "outcome|", "feed|"})
            if (line.starts_with(kind))
                out.emplace_back(line);
    });
    return out;
}

bool is_suppressed(store::Store& store, const std::string& address) {
    const std::string key = util::lower(address);
    bool out = false;
    store.look_up_suppressions(std::span(&key, 1), noon,
                               [&](std::size_t, const domain::Suppression& one) { out = out || one.active; });
    return out;
}

/// Every file of the database, as it lies on the disk.
std::string all_bytes(const TemporaryDirectory& folder) {
    std::string out;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        std::ifstream file(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        out += text.str();
    }
    return util::lower(out);
}

} // namespace

TEST_CASE("forget: nothing of the person is left in any file, the counts stay, and the suppression holds") {
    const TemporaryDirectory folder;
    {
        store::Store store(at(folder));
        complain(store, "a report about forget.me@example.com\n", {person});
        complain(store, "about both, forget.me=example.com\n", {person, "other@example.com"});
        complain(store, "about another one\n", {"other@example.com"});
        domain::RawMessage odd;
        odd.bytes = "not understood: mail to FORGET.ME@EXAMPLE.COM\n";
        store::Prepared prepared = store::prepare(odd);
        store.accept(std::span(&prepared, 1), "feed", noon);
        domain::SuppressionDecision decision;
        decision.person = *domain::parse_person(person);
        decision.scope = *domain::parse_scope("list:news");
        decision.decided_at = noon;
        store.decide_suppressions(std::span(&decision, 1));
        const auto before = counts(store);
        REQUIRE(before.size() > 3);

        const store::Forgotten done = store::forget(at(folder), *domain::parse_person(person), noon);
        CHECK(done.messages == 3);
        CHECK(done.scopes == 2);
        CHECK(counts(store) == before);
        CHECK(is_suppressed(store, person));
        CHECK(is_suppressed(store, "other@example.com"));
        CHECK_FALSE(is_suppressed(store, "forget.you@example.com"));
        CHECK_FALSE(store.message(1));
        CHECK(store.message(3));
        std::int64_t listed = 0;
        store.for_each_suppression(noon, [&](const domain::Suppression&) { ++listed; });
        CHECK(listed == 1);

        store.begin_rebuild(1);
        const auto claimed = store.claim(10);
        REQUIRE(claimed.size() == 1); // the one whose bytes are there
        domain::Settlement again;
        again.message_id = claimed.front().message_id;
        again.feed = "feed";
        again.received_at = noon;
        again.kind = "unrecognized";
        store.settle(std::span(&again, 1));
        std::string rates;
        store.for_each_complaint_count({}, [&](const store::ComplaintCount& row) {
            rates += std::string(row.name) + " " + std::to_string(row.reports) + " " + std::to_string(row.complaints);
        });
        CHECK(rates == "192.0.2.1 2 4");
        CHECK(is_suppressed(store, person));
        CHECK(is_suppressed(store, "other@example.com"));
        store.empty_log();
    }
    const std::string bytes = all_bytes(folder);
    CHECK(bytes.find("other@example.com") != std::string::npos);
    for (const char* text : {"forget.me@example.com", "forget.me=example.com", "forget.me"})
        CHECK(bytes.find(text) == std::string::npos);
}

TEST_CASE("forget: a person of whom nothing is in force is erased and not remembered") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    domain::SuppressionDecision decision;
    decision.person = *domain::parse_person(person);
    store.decide_suppressions(std::span(&decision, 1));
    decision.add = false;
    store.decide_suppressions(std::span(&decision, 1));
    CHECK(store::forget(at(folder), *domain::parse_person(person), noon).scopes == 0);
    CHECK_FALSE(is_suppressed(store, person));
}

TEST_CASE("forget: a sample of SNDS that names the person goes with the answer that held it, the numbers stay") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    domain::SndsAnswer answer;
    answer.source = "rest";
    answer.at = noon;
    answer.outcome = domain::SndsOutcome::rows;
    domain::SndsDay row;
    row.ip = *domain::parse_ip("192.0.2.10");
    row.message_recipients = 422;
    row.sample_mail_from = "bounce+FORGET.me=example.com@sender.example";
    answer.days = {row};
    answer.raw = "192.0.2.10,...," + row.sample_mail_from + ",";
    store.keep_snds(answer);
    store::forget(at(folder), *domain::parse_person(person), noon);
    const auto days = store.snds_days(0, 1);
    REQUIRE(days.size() == 1);
    CHECK(days[0].message_recipients == 422);
    CHECK(days[0].sample_mail_from.empty());
    store.dump([](std::string_view line) { CHECK_FALSE(line.starts_with("snds-answer|")); });
}
