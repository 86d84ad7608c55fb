#include "reputation/blocks_health.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::reputation;
using jmrp::domain::BlockList;

namespace {

constexpr jmrp::util::Seconds now = 1795305600;
constexpr jmrp::util::Seconds hour = 3600;

Finding judged(BlockState state, jmrp::util::Seconds since, jmrp::util::Seconds last) {
    return judge_blocks(
               {{"192.0.2.10", BlockList::outlook_com, {state, now - since, "S3140", {}, {}}, "S3140", now - last}},
               now)
        .front();
}

} // namespace

TEST_CASE("check: a fresh block is critical, until a request is under way or nothing was tried for days") {
    CHECK(judged(BlockState::blocked, 30 * hour, hour).level == Level::critical);
    CHECK(judged(BlockState::ready, 30 * hour, hour).level == Level::critical);
    CHECK(judged(BlockState::blocked, 100 * hour, 73 * hour).level == Level::warning);
    CHECK(judged(BlockState::requested, 30 * hour, hour).level == Level::warning);
    // The block is older than the request.
    CHECK(judged(BlockState::requested, 30 * hour, hour).sentence.find(" for ") == std::string::npos);
    CHECK(judged(BlockState::refused_auto, 30 * hour, hour).level == Level::warning);
    CHECK(judged(BlockState::mitigated_pending, 30 * hour, hour).level == Level::ok);
    CHECK(judged(BlockState::clear, 30 * hour, hour).level == Level::ok);
}

TEST_CASE("check: a block names address, list and code") {
    const std::string sentence = judged(BlockState::blocked, 30 * hour, hour).sentence;
    CHECK(sentence == "192.0.2.10 is blocked by outlook.com (S3140) for 30 hours, last seen 1 hour ago: 'jmrp blocks "
                      "192.0.2.10'");
}

TEST_CASE("check: a throttle that lasts longer than a day is a warning, while it goes on") {
    CHECK(judged(BlockState::throttled, 20 * hour, hour).level == Level::ok);
    CHECK(judged(BlockState::throttled, 26 * hour, hour).level == Level::warning);
    CHECK(judged(BlockState::throttled, 60 * hour, 25 * hour).level == Level::ok);
}

TEST_CASE("check: many blocked addresses are told in few lines, none in one") {
    std::vector<BlockSeen> many;
    for (int i = 0; i < 30; ++i)
        many.push_back({"192.0.2." + std::to_string(i),
                        BlockList::office365,
                        {BlockState::blocked, now - hour, "", {}, {}},
                        "",
                        now - hour});
    const auto findings = judge_blocks(many, now);
    CHECK(findings.size() == 10);
    CHECK(findings.back().sentence.ends_with("; 20 more: 'jmrp blocks'"));
    CHECK(findings.front().figures.front().value == 30);
    const auto none = judge_blocks({}, now);
    REQUIRE(none.size() == 1);
    CHECK(none.front().level == Level::ok);
    CHECK(none.front().rule == "blocks");
}
