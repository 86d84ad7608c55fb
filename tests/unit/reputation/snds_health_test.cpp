#include "reputation/snds_health.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace jmrp;
using namespace jmrp::reputation;
using domain::FilterResult;
using domain::SndsDay;
using domain::SndsKind;

namespace {

constexpr util::Seconds day = 86'400;
const util::Day today = *util::parse_iso_day("2026-11-22");
const util::Seconds now = util::Seconds{today} * day + day / 2;

domain::Ip ip(std::string_view text) {
    return *domain::parse_ip(text);
}

SndsDay row(std::string_view address, int days_ago) {
    SndsDay out;
    out.ip = ip(address);
    out.day = today - days_ago;
    out.message_recipients = 1000;
    out.complaint_rate = domain::RateBounds{0, 0.1};
    return out;
}

domain::SndsSource source(const std::string& name, SndsKind kind, util::Seconds first_used, util::Seconds last_ok) {
    domain::SndsSource out;
    out.source = name;
    out.kind = kind;
    out.first_used = first_used;
    out.last_tried = last_ok;
    out.last_ok = last_ok;
    return out;
}

/// All is well.
SndsObserved healthy() {
    SndsObserved out;
    out.has_links = out.signed_in = true;
    out.sources = {source("data-link", SndsKind::data, now - 5 * day, now - 3600),
                   source("rest", SndsKind::data, now - 90 * day, now - 3600),
                   source("rest", SndsKind::sign_in, now - 90 * day, now - 3600)};
    for (int ago = 2; ago < 20; ++ago) {
        out.days.push_back(row("192.0.2.10", ago));
        out.days.push_back(row("203.0.113.9", ago)); // a stranger's
    }
    for (int ago = 0; ago < 20; ++ago)
        out.sent.push_back({ip("192.0.2.10"), today - ago, 1000});
    out.own = {*domain::parse_network("192.0.2.0/24")};
    out.standing.at = now - 3600;
    out.access_since = today - 100;
    out.now = now;
    return out;
}

Finding finding(const SndsObserved& observed, const std::string& rule) {
    const auto all = judge_snds(observed, {});
    const auto found = std::ranges::find(all, rule, &Finding::rule);
    REQUIRE(found != all.end());
    return *found;
}

Level level(const SndsObserved& observed, const std::string& rule) {
    return finding(observed, rule).level;
}

} // namespace

TEST_CASE("snds rules: every one speaks where SNDS are in use, and none where they are not") {
    const auto all = judge_snds(healthy(), {});
    CHECK(all.size() == 11);
    for (const Finding& one : all) {
        INFO(one.rule << ": " << one.sentence);
        CHECK(one.level == Level::ok);
        CHECK_FALSE(one.sentence.empty());
    }
    SndsObserved unused;
    unused.now = now;
    CHECK(judge_snds(unused, {}).empty());
}

TEST_CASE("snds rules: a link is told at 21 days and critical at 27, before it dies at 30") {
    SndsObserved observed = healthy();
    for (const auto& [age, expected] : {std::pair{21, Level::ok}, {22, Level::warning}, {28, Level::critical}}) {
        observed.sources[0].first_used = now - age * day;
        CHECK(level(observed, "snds-link") == expected);
    }
    observed.has_links = false; // it is not used any more
    CHECK(level(observed, "snds-link") == Level::ok);
}

TEST_CASE("snds rules: a sign-in that is refused is critical, one that nobody uses is told after a week") {
    SndsObserved observed = healthy();
    observed.sources[2].last_ok = now - 8 * day;
    CHECK(level(observed, "snds-token") == Level::warning);
    observed.sources[2].failures = 1;
    observed.sources[2].last_error = "it says invalid_grant";
    CHECK(level(observed, "snds-token") == Level::warning);
    observed.sources[2].needs_person = true;
    CHECK(level(observed, "snds-token") == Level::critical);
    CHECK(finding(observed, "snds-token").sentence.find("invalid_grant") != std::string::npos);
}

TEST_CASE("snds rules: access to the networks is told 270 days after it was confirmed, critical after 290") {
    SndsObserved observed = healthy();
    for (const auto& [age, expected] : {std::pair{270, Level::ok}, {271, Level::warning}, {291, Level::critical}}) {
        observed.access_since = today - age;
        CHECK(level(observed, "snds-access") == expected);
    }
    observed.access_since.reset();
    CHECK(level(observed, "snds-access") == Level::ok);
}

TEST_CASE("snds rules: nothing fetched for two days is told, a web page in place of data at once") {
    SndsObserved observed = healthy();
    for (auto& one : observed.sources)
        one.last_ok = now - 49 * 3600;
    CHECK(level(observed, "snds-fetch") == Level::warning);
    observed = healthy();
    observed.sources[1].failures = 1;
    observed.sources[1].last_error = "it answers 500";
    CHECK(level(observed, "snds-fetch") == Level::ok);
    observed.sources[0].failures = 1;
    observed.sources[0].needs_person = true;
    observed.sources[0].last_error = "a web page came in place of data";
    CHECK(level(observed, "snds-fetch") == Level::critical);
    CHECK(finding(observed, "snds-fetch").sentence.find("web page") != std::string::npos);
}

TEST_CASE("snds rules: days without data are told only where there was mail to Microsoft") {
    SndsObserved observed = healthy();
    std::erase_if(observed.days, [](const SndsDay& one) { return one.day > today - 7; });
    CHECK(level(observed, "snds-data") == Level::warning);
    std::erase_if(observed.days, [](const SndsDay& one) { return one.day > today - 13; });
    CHECK(level(observed, "snds-data") == Level::critical);
    for (SndsSent& sent : observed.sent)
        sent.accepted = 99;
    CHECK(level(observed, "snds-data") == Level::ok);
    observed.sent.clear();
    CHECK(level(observed, "snds-data") == Level::ok);
    CHECK(finding(observed, "snds-data").sentence.find("nobody knows") != std::string::npos);
}

TEST_CASE("snds rules: an IP that sent enough and has no row where others have theirs is missing") {
    SndsObserved observed = healthy();
    observed.sent.push_back({ip("192.0.2.11"), today - 4, 100});
    CHECK(level(observed, "snds-missing") == Level::ok);
    observed.sent.push_back({ip("192.0.2.11"), today - 5, 99});
    observed.sent.push_back({ip("198.51.100.1"), today - 5, 1000}); // not ours
    CHECK(level(observed, "snds-missing") == Level::ok);
    observed.sent.push_back({ip("192.0.2.11"), today - 5, 100});
    CHECK(level(observed, "snds-missing") == Level::warning);
    CHECK(finding(observed, "snds-missing").sentence.starts_with("192.0.2.11 on 2026-11-17"));
    observed.days.push_back(row("192.0.2.11", 5));
    CHECK(level(observed, "snds-missing") == Level::ok);
}

TEST_CASE("snds rules: color, complaint rate and trap hits of our IPs are told, of strangers' never") {
    SndsObserved observed = healthy();
    observed.days[1].filter_result = FilterResult::red; // of the stranger
    observed.days[1].complaint_rate = domain::RateBounds{5, 5};
    observed.days[1].trap_hits = 7;
    for (const char* rule : {"snds-filter", "snds-rate", "snds-traps"})
        CHECK(level(observed, rule) == Level::ok);
    observed.days[0].filter_result = FilterResult::yellow;
    CHECK(level(observed, "snds-filter") == Level::warning);
    observed.days[2].filter_result = FilterResult::red;
    CHECK(level(observed, "snds-filter") == Level::critical);
    CHECK(finding(observed, "snds-filter").sentence.starts_with("192.0.2.10 on 2026-11-19 is red"));
    observed.days[0].trap_hits = 2;
    CHECK(level(observed, "snds-traps") == Level::warning);
    for (const auto& [lower, upper, expected] : {std::tuple{0.0, 0.1, Level::ok},
                                                 {0.1, 0.1, Level::ok},
                                                 {0.2, 0.2, Level::warning},
                                                 {0.3, 0.3, Level::warning},
                                                 {0.4, 0.4, Level::critical},
                                                 {0.1, 1.0, Level::ok}}) {
        observed.days[0].complaint_rate = domain::RateBounds{lower, upper};
        CHECK(level(observed, "snds-rate") == expected);
    }
}

TEST_CASE("snds rules: what is long over is not told again") {
    SndsObserved observed = healthy();
    for (SndsDay& one : observed.days)
        if (one.day <= today - 7)
            one.filter_result = FilterResult::red;
    CHECK(level(observed, "snds-filter") == Level::ok);
    observed.days.clear();
    CHECK(finding(observed, "snds-filter").sentence.find("unknown, which is not clean") != std::string::npos);
}

TEST_CASE("snds rules: a blocked range is critical and a junked one a warning, where it holds an IP of ours") {
    SndsObserved observed = healthy();
    observed.standing.ranges = {{ip("198.51.100.0"), ip("198.51.100.255"), true, "Blocked"}};
    CHECK(level(observed, "snds-status") == Level::ok);
    observed.standing.ranges.push_back({ip("192.0.1.255"), ip("192.0.2.0"), false, "Junked due to user complaints"});
    CHECK(level(observed, "snds-status") == Level::warning);
    observed.standing.ranges.push_back({ip("192.0.0.0"), ip("192.0.255.255"), true, "Blocked due to user complaints"});
    CHECK(level(observed, "snds-status") == Level::critical);
    CHECK(finding(observed, "snds-status").sentence ==
          "192.0.0.0 to 192.0.255.255 is blocked: Blocked due to user complaints");
}

TEST_CASE("snds rules: another form of an answer is told at its first occurrence") {
    SndsObserved observed = healthy();
    observed.deviations = {{"rest", SndsKind::data, today - 2, now, true, 0, ""}};
    CHECK(level(observed, "snds-format") == Level::warning);
    observed.deviations[0].refused = 2;
    observed.deviations[0].first_refused = "line 3: the filter result 'BLUE'";
    CHECK(finding(observed, "snds-format").sentence.find("2 rows could not be read, line 3") != std::string::npos);
}
