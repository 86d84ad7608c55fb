#include "reputation/mitigation.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using reputation::BlockState;
using reputation::Level;
using reputation::Watched;
using Answer = domain::MitigationOutcome;
using Kind = reputation::BlockEventKind;

namespace {

constexpr util::Seconds hour = 3600;
constexpr util::Seconds noon = 1'790'000'000;

/// Let in so many hours ago, then what else happened.
Watched let_in(int hours_ago, Answer verdict, std::int64_t complaints = 0,
               std::vector<reputation::BlockEvent> more = {}) {
    const util::Seconds at = noon - hours_ago * hour;
    more.push_back({at - hour, Kind::submitted, {}, {}});
    more.push_back({at, verdict, {}, {}});
    return {"192.0.2.10", domain::BlockList::outlook_com, reputation::standing_after(std::move(more)), complaints};
}

reputation::Finding only(const Watched& watched) {
    const auto found = reputation::judge_mitigated({watched}, noon);
    REQUIRE(found.size() == 1);
    CHECK(found[0].rule == "mitigated");
    return found[0];
}

bool says(const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("mitigated: held for 48 hours, then raised slowly, with low limits where it is conditional") {
    const auto early = only(let_in(10, Answer::mitigated));
    CHECK(early.level == Level::ok);
    CHECK(says(early.sentence, "hold for 38 hours"));
    CHECK(says(early.sentence, "a couple of weeks"));
    const auto late = only(let_in(50, Answer::removed));
    CHECK_FALSE(says(late.sentence, "hold"));
    CHECK(says(late.sentence, "raise the volume slowly"));
    CHECK(says(only(let_in(50, Answer::conditionally_mitigated)).sentence, "low daily limits"));
}

TEST_CASE("mitigated: a complaint about newer mail warns, and stops a limited address") {
    CHECK(only(let_in(50, Answer::mitigated, 1)).level == Level::warning);
    const auto limited = only(let_in(50, Answer::conditionally_mitigated, 2));
    CHECK(limited.level == Level::critical);
    CHECK(says(limited.sentence, "2 complaints came about mail sent since"));
    CHECK(limited.figures.at(0).value == 2);
}

TEST_CASE("mitigated: a block of mail sent after the 48 hours is critical, an earlier one is not") {
    const auto block = [](int hours_ago) {
        return std::vector<reputation::BlockEvent>{{noon - hours_ago * hour, Kind::block, "S3150", {}}};
    };
    const auto again = only(let_in(72, Answer::mitigated, 0, block(2)));
    CHECK(again.level == Level::critical);
    CHECK(says(again.sentence, "blocked again (S3150)"));
    CHECK(only(let_in(72, Answer::mitigated, 0, block(60))).level == Level::ok);
}

TEST_CASE("mitigated: others are not watched, nor is one after a month") {
    for (const Watched& one : {let_in(31 * 24, Answer::mitigated), let_in(5, Answer::not_qualified),
                               let_in(5, Answer::mitigated, 0, {{noon - hour, Kind::submitted, {}, {}}}),
                               let_in(72, Answer::mitigated, 0, {{noon - hour, Kind::accepted, {}, {}}}),
                               let_in(72, Answer::not_qualified, 0, {{noon - hour, Kind::withdrawn, {}, {}}})})
        CHECK(says(only(one).sentence, "no address was let in again"));
}

TEST_CASE("replies: answers that wait for a person warn") {
    CHECK(reputation::judge_replies(0, std::nullopt, noon).level == Level::ok);
    const auto two = reputation::judge_replies(2, noon - 5 * hour, noon);
    CHECK(two.level == Level::warning);
    CHECK(says(two.sentence, "2 answers of sender support wait for a person, the oldest came 5 hours ago"));
}

TEST_CASE("next step: every state has one") {
    for (const auto& [state, name] : domain::Names<BlockState>::table) {
        INFO(name);
        reputation::BlockStanding standing;
        standing.state = state;
        standing.verdict_at = noon;
        CHECK_FALSE(next_step(standing, noon).empty());
    }
}
