#include "reputation/health.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace jmrp;
using reputation::Finding;
using reputation::Level;
using reputation::Observed;

namespace {

constexpr util::Day today = 20'000;
constexpr util::Seconds noon = util::Seconds{today} * 86'400 + 43'200;

domain::FeedDay on(util::Day day, std::int64_t complaints, std::int64_t attributed, const char* feed = "jmrp") {
    domain::FeedDay out;
    out.feed = feed;
    out.day = day;
    out.reports = complaints;
    out.complaints = complaints;
    out.attributed = attributed;
    out.last_report_at = util::Seconds{day} * 86'400 + 43'200;
    return out;
}

Observed nothing() {
    Observed out;
    out.now = noon;
    return out;
}

/// What a rule said, which has to have spoken about that feed.
Finding said(const Observed& observed, std::string_view rule, std::string_view feed = "",
             const reputation::Thresholds& thresholds = {}) {
    for (const Finding& finding : judge_health(observed, thresholds))
        if (finding.rule == rule && finding.feed == feed)
            return finding;
    FAIL("the rule " << rule << " did not speak about '" << feed << "'");
    return {};
}

} // namespace

TEST_CASE("health: where no report ever came nothing is known") {
    const auto findings = judge_health(nothing(), {});
    CHECK(reputation::worst(findings) == Level::unknown);
    CHECK(said(nothing(), "silence").level == Level::unknown);
}

TEST_CASE("health: every rule speaks, met or not") {
    Observed observed = nothing();
    observed.days = {on(today, 1, 1)};
    std::vector<std::string> rules;
    for (const Finding& finding : judge_health(observed, {})) {
        rules.push_back(finding.rule);
        CHECK_FALSE(finding.sentence.empty());
        CHECK(finding.level == Level::ok);
    }
    CHECK(rules == std::vector<std::string>{"pace", "share", "silence", "tokens", "unsettled", "held", "quarantine",
                                            "exports", "leaks"});
}

TEST_CASE("health: a share below half of what it was is critical, a smaller fall a warning") {
    Observed observed = nothing();
    // 30 of 30 before. 4 of 10: chance 5.5e-5, 40 % of what it was. 5 of 10: chance 3.8e-4, just half.
    observed.days = {on(today - 20, 30, 30), on(today - 1, 10, 4)};
    CHECK(said(observed, "share", "jmrp").level == Level::critical);
    CHECK(said(observed, "share", "jmrp")
              .sentence.find("4 of 10 complaints (40 %) of the last 3 days attributed, 30 of 30") == 0);
    observed.days.back() = on(today - 1, 10, 5);
    CHECK(said(observed, "share", "jmrp").level == Level::warning);
    CHECK(said(observed, "share", "jmrp", {.share = {40, 30}}).level == Level::ok);
    // 6 of 10: (36 over 6)(4 over 4) / (40 over 10) = 1947792 / 847660528 = 2.3e-3: that happens by chance.
    observed.days.back() = on(today - 1, 10, 6);
    CHECK(said(observed, "share", "jmrp").level == Level::ok);
}

TEST_CASE("health: a fall that is certain and small is none to wake anybody for") {
    Observed observed = nothing();
    observed.days = {on(today - 10, 100'000, 95'000), on(today, 20'000, 18'200)}; // 95 % to 91 %
    CHECK(said(observed, "share", "jmrp").level == Level::ok);
    observed.days.back() = on(today, 20'000, 17'000); // to 85 %, less than nine tenths of it
    CHECK(said(observed, "share", "jmrp").level == Level::warning);
}

TEST_CASE("health: few complaints tell nothing, but two weeks of them may") {
    Observed observed = nothing();
    observed.days = {on(today - 20, 30, 30), on(today, 9, 0)};
    CHECK(said(observed, "share", "jmrp").level == Level::ok);
    observed.days.push_back(on(today - 5, 1, 0)); // ten in seven days
    CHECK(said(observed, "share", "jmrp").level == Level::critical);
    observed.days.back() = on(today - 12, 1, 0); // ten in fourteen
    CHECK(said(observed, "share", "jmrp").level == Level::critical);
    observed.days.front() = on(today - 20, 29, 29);
    CHECK(said(observed, "share", "jmrp").level == Level::ok);
    observed.days.front() = on(today - 45, 30, 30); // before the 28 days before
    CHECK(said(observed, "share", "jmrp").level == Level::ok);
}

TEST_CASE("health: one feed says nothing about another") {
    Observed observed = nothing();
    observed.days = {on(today - 20, 30, 30, "a"), on(today - 1, 10, 0, "b")};
    CHECK(said(observed, "share", "a").level == Level::ok);
    CHECK(said(observed, "share", "b").level == Level::ok);
}

TEST_CASE("health: silence is measured by the pauses a feed had") {
    Observed observed = nothing();
    // Pauses of 7, 7, 10 and 7 days: the longest 10, an average one 31 / 4 = 7.75, the habit 17.75 days.
    const auto silent_for = [&](util::Day days) {
        const util::Day last = today - days;
        observed.days = {on(last, 1, 1), on(last - 7, 1, 1), on(last - 14, 1, 1), on(last - 24, 1, 1),
                         on(last - 31, 1, 1)};
        return said(observed, "silence", "jmrp").level;
    };
    CHECK(silent_for(17) == Level::ok);
    CHECK(silent_for(18) == Level::warning);
    CHECK(silent_for(35) == Level::warning);
    CHECK(silent_for(36) == Level::critical);
    CHECK(silent_for(300) == Level::critical);
    CHECK(said(observed, "silence", "jmrp", {.silence = {2000, 3000}}).level == Level::ok);
}

TEST_CASE("health: a feed of every day may be silent for two days") {
    Observed observed = nothing();
    for (util::Day day = today - 30; day < today - 1; ++day)
        observed.days.push_back(on(day, 5, 5));
    CHECK(said(observed, "silence", "jmrp").level == Level::ok); // last at noon two days ago
    observed.now += 1;
    CHECK(said(observed, "silence", "jmrp").level == Level::warning);
    observed.now += 2 * 86'400;
    CHECK(said(observed, "silence", "jmrp").level == Level::critical);
}

TEST_CASE("health: old pauses and a short history make no habit") {
    Observed observed = nothing();
    observed.days = {on(today - 70, 1, 1), on(today - 68, 1, 1), on(today - 66, 1, 1), on(today - 20, 1, 1)};
    CHECK(said(observed, "silence", "jmrp").level == Level::ok);
    // The pause of 46 days begins within the 60 days before the last report, and counts.
    observed.days.push_back(on(today - 72, 1, 1));
    CHECK(said(observed, "silence", "jmrp").level == Level::ok);
    observed.days.push_back(on(today - 200, 1, 1));
    observed.days.push_back(on(today - 201, 1, 1));
    observed.now += 86'400 * 50; // 70 days of silence; the pause of 128 days is too old to excuse it
    CHECK(said(observed, "silence", "jmrp").level == Level::warning);
}

TEST_CASE("health: tokens that do not open need a number and a share") {
    Observed observed = nothing();
    domain::FeedDay day = on(today - 1, 50, 50);
    day.tokens_opened = 45;
    day.tokens_refused = 5;
    observed.days = {day};
    CHECK(said(observed, "tokens", "jmrp").level == Level::warning); // 10 %
    observed.days.front().tokens_opened = 46;
    CHECK(said(observed, "tokens", "jmrp").level == Level::ok);
    observed.days.front().tokens_opened = 5;
    CHECK(said(observed, "tokens", "jmrp").level == Level::critical); // half
    observed.days.front().tokens_refused = 4;
    observed.days.front().tokens_opened = 0;
    CHECK(said(observed, "tokens", "jmrp").level == Level::ok);
    observed.days.front().tokens_refused = 400;
    observed.days.front().day = today - 3;
    CHECK(said(observed, "tokens", "jmrp").level == Level::ok);
}

TEST_CASE("health: what waits is judged by its age") {
    Observed observed = nothing();
    observed.backlog.unsettled = 2;
    observed.backlog.oldest_unsettled = noon - 15 * 60;
    CHECK(said(observed, "unsettled").level == Level::ok);
    observed.backlog.oldest_unsettled = noon - 15 * 60 - 1;
    CHECK(said(observed, "unsettled").level == Level::warning);
    observed.backlog.oldest_unsettled = noon - 3601;
    CHECK(said(observed, "unsettled").level == Level::critical);
    CHECK(said(observed, "unsettled", "", {.unsettled = {120, 240}}).level == Level::ok);
    observed.backlog.oldest_unsettled = noon + 100; // somebody's clock
    CHECK(said(observed, "unsettled").level == Level::ok);

    observed.backlog.unsettled = 0;
    observed.backlog.oldest_unsettled = std::nullopt;
    observed.backlog.rebuilding = 1000;
    observed.backlog.rebuild_began = noon - 15 * 60; // of mail that came years ago
    CHECK(said(observed, "unsettled").level == Level::ok);
    CHECK(said(observed, "unsettled").sentence ==
          "nothing waits to be settled; a rebuild that began 15 minutes ago has 1000 messages left to read again");
    observed.backlog.rebuild_began = noon - 3601;
    CHECK(said(observed, "unsettled").level == Level::critical);
    observed.backlog.rebuilding = 0;

    observed.backlog.held = {{domain::Hold::ambiguous, 2, noon - 3600}, {domain::Hold::unverified, 1, noon - 86'401}};
    CHECK(said(observed, "held").level == Level::warning);
    CHECK(said(observed, "held").sentence.find("3 reports are held (2 ambiguous, 1 unverified)") == 0);
    observed.backlog.held.pop_back();
    CHECK(said(observed, "held").level == Level::ok);
    CHECK(said(observed, "pace").level == Level::ok);
}

TEST_CASE("health: a flood is critical at once, something in quarantine a warning") {
    Observed observed = nothing();
    observed.backlog.held = {{domain::Hold::pace, 1, noon}};
    CHECK(said(observed, "pace").level == Level::critical);
    observed.backlog.quarantined = 1;
    CHECK(said(observed, "quarantine").level == Level::warning);
    CHECK(said(observed, "quarantine", "", {.quarantine = {2, 3}}).level == Level::ok);
    observed.backlog.quarantined = 50;
    CHECK(said(observed, "quarantine").level == Level::critical);
}

TEST_CASE("health: the worst counts, and not to know is less than a warning") {
    const auto one = [](Level level) {
        Finding out;
        out.level = level;
        return out;
    };
    CHECK(reputation::worst({}) == Level::ok);
    CHECK(reputation::worst({one(Level::ok), one(Level::unknown)}) == Level::unknown);
    CHECK(reputation::worst({one(Level::unknown), one(Level::warning)}) == Level::warning);
    CHECK(reputation::worst({one(Level::critical), one(Level::warning)}) == Level::critical);
}

TEST_CASE("health: a consumer that lacks what is suppressed is told, the one that waits longest") {
    Observed observed = nothing();
    CHECK(said(observed, "exports").sentence == "no export is configured");
    observed.exports = {{"postfix", {0, std::nullopt}, noon, 0, ""}};
    CHECK(said(observed, "exports").level == Level::ok);
    observed.exports.push_back({"mailman", {3, noon - 3600}, noon - 7200, 0, ""});
    CHECK(said(observed, "exports").level == Level::ok);
    observed.exports.back().lag.since = noon - 3601;
    CHECK(said(observed, "exports").level == Level::warning);
    CHECK(said(observed, "exports").sentence.find("mailman") != std::string::npos);
    observed.exports.front() = {"postfix", {1, noon - 86'401}, std::nullopt, 7, "it ended with 1"};
    CHECK(said(observed, "exports").level == Level::critical);
    CHECK(said(observed, "exports").sentence.find("7 times: it ended with 1") != std::string::npos);
}

TEST_CASE(
    "health: a mailbox that was not polled for an hour is a warning, for half a day critical, never polled a warning") {
    Observed observed = nothing();
    const auto level = [&](std::optional<util::Seconds> polled_at) {
        observed.mailboxes = {{"snds", polled_at}};
        return said(observed, "poll", "snds").level;
    };
    CHECK(level(std::nullopt) == Level::warning);
    CHECK(level(noon - 3600) == Level::ok);
    CHECK(level(noon - 3601) == Level::warning);
    CHECK(level(noon - 12 * 3600) == Level::warning);
    CHECK(level(noon - 12 * 3600 - 1) == Level::critical);
    CHECK(level(noon + 3600) == Level::ok);
    reputation::Thresholds thresholds;
    thresholds.poll = {1, 2};
    observed.mailboxes = {{"snds", noon - 61}};
    CHECK(said(observed, "poll", "snds", thresholds).level == Level::warning);
    CHECK(said(observed, "poll", "snds", thresholds).sentence.find("last polled 61 seconds ago: 'jmrp poll snds'") !=
          std::string::npos);
}
