#include <catch2/catch.hpp>

#include "ingest/snds.hpp"
#include "store/store.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::FilterResult;
using domain::SndsAnswer;
using domain::SndsKind;
using domain::SndsOutcome;

namespace {

store::Options at(const test::TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return options;
}

std::string dumped(store::Store& store) {
    std::string out;
    store.dump([&](std::string_view line) { out += std::string(line) + "\n"; });
    return out;
}

constexpr util::Seconds now = 1'790'000'000; // 2026-09-21
const util::Day the_11th = *util::parse_iso_day("2026-09-11");

std::string row(const std::string& ip, const std::string& rest = "422,409,422,GREEN,< 0.1%") {
    return ip + ",9/11/2026 8:00 AM,9/12/2026 8:00 AM," + rest + ",,,,,@example.com,\n";
}

SndsAnswer answer(const std::string& text, const std::string& source = "rest", util::Seconds when = now) {
    SndsAnswer out;
    out.source = source;
    out.day = the_11th;
    out.at = when;
    out.raw = text;
    ingest::read_snds(out);
    return out;
}

SndsAnswer without_data(SndsOutcome outcome, util::Day day, const std::string& why = {}, util::Seconds when = now) {
    SndsAnswer out;
    out.source = "rest";
    out.day = day;
    out.at = when;
    out.outcome = outcome;
    out.why = why;
    return out;
}

SndsAnswer status(const std::string& text, const std::string& source = "rest", util::Seconds when = now) {
    SndsAnswer out;
    out.source = source;
    out.kind = SndsKind::status;
    out.at = when;
    out.raw = text;
    ingest::read_snds(out);
    return out;
}

domain::Ip ip(std::string_view text) {
    return *domain::parse_ip(text);
}

} // namespace

TEST_CASE("store: a row of SNDS comes back as it was told, in order of IP and day, and for one IP alone") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(answer(row("192.0.2.100") + row("192.0.2.20", "10,9,8,RED,12.5%")));
    const auto rows = store.snds_days(the_11th, the_11th);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].ip == ip("192.0.2.20"));
    CHECK(rows[0].rcpt_commands == 10);
    CHECK(rows[0].data_commands == 9);
    CHECK(rows[0].message_recipients == 8);
    CHECK(rows[0].filter_result == FilterResult::red);
    CHECK(rows[0].complaint_rate == domain::RateBounds{12.5, 12.5});
    CHECK_FALSE(rows[0].trap_hits);
    CHECK_FALSE(rows[0].disputed);
    CHECK(rows[1].complaint_rate == domain::RateBounds{0, 0.1});
    CHECK(rows[1].sample_mail_from == "@example.com");
    CHECK(rows[1].period_end - rows[1].period_start == 86'400);
    CHECK(store.snds_days(the_11th, the_11th, ip("192.0.2.100")).size() == 1);
    CHECK(store.snds_days(the_11th + 1, the_11th + 9).empty());
}

TEST_CASE("store: the same answer of SNDS again changes nothing, a later one of its source takes the place of a row") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(answer(row("192.0.2.10")));
    const std::string once = dumped(store);
    store.keep_snds(answer(row("192.0.2.10"), "rest", now + 86'400));
    CHECK(dumped(store) == once);
    store.keep_snds(answer(row("192.0.2.10", "500,500,500,GREEN,< 0.1%"), "rest", now + 2 * 86'400));
    const auto rows = store.snds_days(the_11th, the_11th);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].message_recipients == 500);
    CHECK_FALSE(rows[0].disputed);
}

TEST_CASE("store: of two sources of SNDS the worse reading of a day is told, and that they differ") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(answer(row("192.0.2.10") + row("192.0.2.11") + row("192.0.2.12", "9,9,9,GREEN,0.3%")));
    store.keep_snds(answer(row("192.0.2.10", "422,409,422,YELLOW,< 0.1%") + row("192.0.2.11") +
                               row("192.0.2.12", "9,9,9,GREEN,< 0.1%"),
                           "import"));
    const auto rows = store.snds_days(the_11th, the_11th);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].filter_result == FilterResult::yellow);
    CHECK(rows[0].disputed);
    CHECK_FALSE(rows[1].disputed);
    CHECK(rows[2].complaint_rate == domain::RateBounds{0.3, 0.3});
    CHECK(rows[2].disputed);
}

TEST_CASE("store: three reasons why a day of SNDS is missing stay apart, and a later failure does not undo an answer") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(answer(row("192.0.2.10")));
    store.keep_snds(without_data(SndsOutcome::no_data, the_11th + 1));
    store.keep_snds(without_data(SndsOutcome::failed, the_11th + 2, "it answers 500"));
    store.keep_snds(without_data(SndsOutcome::failed, the_11th, "it answers 500", now + 60));
    store.keep_snds(without_data(SndsOutcome::failed, the_11th + 1, "it answers 500", now + 60));
    const auto asked = store.snds_asked(the_11th, the_11th + 30);
    REQUIRE(asked.size() == 3);
    CHECK(asked.at(the_11th).outcome == SndsOutcome::rows);
    CHECK(asked.at(the_11th).at == now + 60);
    CHECK(asked.at(the_11th + 1).outcome == SndsOutcome::no_data);
    CHECK(asked.at(the_11th + 1).why.empty());
    CHECK(asked.at(the_11th + 2).outcome == SndsOutcome::failed);
    CHECK(asked.at(the_11th + 2).why == "it answers 500");
    store.keep_snds(without_data(SndsOutcome::no_data, the_11th + 2, {}, now + 60));
    CHECK(store.snds_asked(the_11th, the_11th + 30).at(the_11th + 2).outcome == SndsOutcome::no_data);
}

TEST_CASE("store: a day whose rows came without being asked for is no missing day") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    SndsAnswer one = answer(row("192.0.2.10"), "import");
    one.day.reset();
    ingest::read_snds(one);
    store.keep_snds(one);
    CHECK(store.snds_asked(the_11th, the_11th).at(the_11th).outcome == SndsOutcome::rows);
    CHECK(store.snds_asked(the_11th, the_11th, "rest").empty()); // a file may hold one IP of many
    store.keep_snds(without_data(SndsOutcome::no_data, the_11th));
    CHECK(store.snds_asked(the_11th, the_11th, "rest").at(the_11th).outcome == SndsOutcome::no_data);
    CHECK(store.snds_asked(the_11th, the_11th).at(the_11th).outcome == SndsOutcome::rows);
}

TEST_CASE("store: the standing of IPs is that of the newest answer, and an empty one clears it") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    CHECK_FALSE(store.snds_standing().at);
    store.keep_snds(status("192.0.2.255,192.0.3.0,Yes,Blocked due to user complaints or other evidence of spamming\n"));
    auto standing = store.snds_standing();
    REQUIRE(standing.ranges.size() == 1);
    CHECK(standing.at == now);
    CHECK(standing.ranges[0].last == ip("192.0.3.0"));
    CHECK(standing.ranges[0].blocked);
    store.keep_snds(status("", "rest", now + 60));
    standing = store.snds_standing();
    CHECK(standing.at == now + 60);
    CHECK(standing.ranges.empty());
}

TEST_CASE("store: what a source of SNDS said long before the newest answer is no standing any more") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(status("192.0.2.1,192.0.2.1,Yes,Blocked\n", "import"));
    store.keep_snds(status("198.51.100.1,198.51.100.1,No,Junked\n", "rest", now + 86'400));
    CHECK(store.snds_standing().ranges.size() == 2);
    store.keep_snds(status("198.51.100.1,198.51.100.1,No,Junked\n", "rest", now + 3 * 86'400));
    const auto standing = store.snds_standing();
    REQUIRE(standing.ranges.size() == 1);
    CHECK_FALSE(standing.ranges[0].blocked);
}

TEST_CASE("store: the age of a link of SNDS begins anew with another link, and not where it could not be read") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    const auto used = [&](const std::string& form, util::Seconds when, bool ok) {
        SndsAnswer one = ok ? answer(row("192.0.2.10"), "data-link", when) : SndsAnswer{};
        one.source = "data-link";
        one.at = when;
        one.form = form;
        if (!ok)
            one.why = "it answers 500";
        store.keep_snds(one);
        return store.snds_sources().at(0);
    };
    CHECK(used("a", now, true).first_used == now);
    CHECK(used("a", now + 10, false).failures == 1);
    CHECK(used("", now + 20, false).failures == 2);
    const auto source = used("a", now + 30, true);
    CHECK(source.first_used == now);
    CHECK(source.failures == 0);
    CHECK(source.last_ok == now + 30);
    CHECK(used("b", now + 40, true).first_used == now + 40);
}

TEST_CASE("store: rows that could not be read and other columns are told with their answer") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(answer(row("192.0.2.10")));
    CHECK(store.snds_deviations(0).empty());
    store.keep_snds(answer(row("192.0.2.10") + row("192.0.2.11", "1,1,1,BLUE,0.1%"), "import"));
    const auto deviations = store.snds_deviations(now);
    REQUIRE(deviations.size() == 1);
    CHECK(deviations[0].refused == 1);
    CHECK(deviations[0].first_refused == "line 2: the filter result 'BLUE'");
    CHECK(store.snds_deviations(now + 1).empty());
}

TEST_CASE("store: answers of SNDS are read again from their bytes, and nothing is left of an earlier reading") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(status("192.0.2.1,192.0.2.1,Yes,Blocked\n"));
    store.keep_snds(status("", "rest", now + 60));
    SndsAnswer misread = answer(row("192.0.2.10"));
    misread.days[0].ip = ip("203.0.113.9");
    store.keep_snds(misread);
    ingest::reread_snds(store);
    const auto rows = store.snds_days(the_11th, the_11th);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].ip == ip("192.0.2.10"));
    CHECK(store.snds_standing().ranges.empty());
    const std::string before = dumped(store);
    ingest::reread_snds(store);
    CHECK(dumped(store) == before);
}

TEST_CASE("store: bytes of old answers of SNDS go, their rows stay through another reading") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    store.keep_snds(answer(row("192.0.2.10")));
    store.prune_snds(now + 1);
    store.keep_snds(answer(row("192.0.2.11"), "import", now + 2));
    ingest::reread_snds(store);
    CHECK(store.snds_days(the_11th, the_11th).size() == 2);
}

TEST_CASE("snds: a web page in place of data is a failure for a person, and is not kept") {
    const SndsAnswer one = answer("<!DOCTYPE html><title>Sign in to your Microsoft account</title>");
    CHECK(one.outcome == SndsOutcome::failed);
    CHECK(one.needs_person);
    CHECK_FALSE(one.raw);
    CHECK(one.why.find("link expired") != std::string::npos);
    CHECK(ingest::kind_of_snds("192.0.2.0,192.0.2.1,No,Junked\n") == SndsKind::status);
    CHECK(ingest::kind_of_snds(row("192.0.2.0")) == SndsKind::data);
}
