#include "reputation/block_state.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using reputation::BlockEvent;
using reputation::BlockState;
using reputation::standing_after;
using Answer = domain::MitigationOutcome;
using Kind = reputation::BlockEventKind;

namespace {

constexpr util::Seconds hour = 3600;

BlockEvent at(util::Seconds hours, reputation::BlockHappening what, const char* code = "") {
    return {hours * hour, what, code, std::nullopt};
}

BlockState state_after(std::vector<BlockEvent> events) {
    return standing_after(std::move(events)).state;
}

} // namespace

TEST_CASE("block state: nothing happened, nothing is blocked") {
    CHECK(standing_after({}) == reputation::BlockStanding{});
}

TEST_CASE("block state: a request that goes well") {
    std::vector<BlockEvent> events;
    const auto next = [&](BlockEvent event) {
        events.push_back(std::move(event));
        return state_after(events);
    };
    CHECK(next(at(0, Kind::accepted)) == BlockState::clear);
    CHECK(next(at(1, Kind::rate_limit)) == BlockState::throttled);
    CHECK(next(at(2, Kind::block, "S3140")) == BlockState::blocked);
    CHECK(next(at(80, Kind::gate_passed)) == BlockState::ready);
    CHECK(next(at(81, Kind::gate_failed)) == BlockState::blocked);
    CHECK(next(at(82, Kind::gate_passed)) == BlockState::ready);
    CHECK(next(at(83, Kind::submitted)) == BlockState::requested);
    CHECK(next(at(84, Answer::ack)) == BlockState::requested);
    CHECK(next(at(85, Answer::ack_agent)) == BlockState::in_review);
    CHECK(next(at(86, Answer::more_info)) == BlockState::needs_reply);
    CHECK(next(at(87, Kind::replied)) == BlockState::in_review);
    CHECK(next(at(90, Answer::mitigated)) == BlockState::mitigated_pending);
    CHECK(next(at(100, Kind::accepted)) == BlockState::mitigated_pending);
    CHECK(next(at(90 + 49, Kind::accepted)) == BlockState::clear);
}

TEST_CASE("block state: a block refusal within 48 hours of the verdict is no failure, one after it is") {
    const std::vector<BlockEvent> lifted = {at(0, Kind::block, "S3140"), at(1, Kind::submitted),
                                            at(2, Answer::mitigated)};
    auto events = lifted;
    events.push_back(at(40, Kind::block, "S3150"));
    CHECK(standing_after(events).code == "S3140");
    CHECK(state_after(events) == BlockState::mitigated_pending);
    BlockEvent late = at(60, Kind::block, "S3150"); // a bounce that was long on its way
    late.sent_at = 30 * hour;
    events.push_back(late);
    CHECK(state_after(events) == BlockState::mitigated_pending);
    events.push_back(at(61, Kind::block, "S3150"));
    CHECK(state_after(events) == BlockState::blocked);
    CHECK(standing_after(events).code == "S3150");
    CHECK(standing_after(events).since == 61 * hour);
}

TEST_CASE("block state: a refusal leads to a reply, and the machine's is told from a person's") {
    CHECK(state_after({at(0, Kind::block), at(1, Kind::submitted), at(2, Answer::not_qualified)}) ==
          BlockState::refused_auto);
    CHECK(state_after({at(0, Kind::block), at(1, Kind::submitted), at(2, Answer::refused_cause)}) ==
          BlockState::refused_agent);
    CHECK(state_after({at(0, Kind::block), at(1, Kind::submitted), at(2, Answer::not_qualified),
                       at(3, Kind::replied)}) == BlockState::in_review);
    CHECK(state_after({at(0, Kind::block), at(1, Kind::submitted), at(2, Answer::conditionally_mitigated)}) ==
          BlockState::mitigated_limited);
    CHECK(state_after({at(0, Kind::block), at(1, Kind::submitted), at(2, Answer::removed)}) ==
          BlockState::mitigated_pending);
}

TEST_CASE("block state: words that say nothing change nothing") {
    using What = reputation::BlockHappening;
    for (const What what : {What(Answer::nothing_detected), What(Answer::unknown), What(Answer::content),
                            What(Answer::use_portal), What(Kind::replied), What(Kind::rate_limit)})
        CHECK(state_after({at(0, Kind::block), at(1, what)}) == BlockState::blocked);
    for (const What what :
         {What(Answer::mitigated), What(Answer::not_qualified), What(Answer::ack_agent), What(Kind::gate_passed)})
        CHECK(state_after({at(0, Kind::accepted), at(1, what)}) == BlockState::clear);
}

TEST_CASE("block state: a delivery ends a block but closes no ticket") {
    CHECK(state_after({at(0, Kind::block), at(1, Kind::accepted)}) == BlockState::clear);
    CHECK(state_after({at(0, Kind::block), at(1, Kind::submitted), at(2, Kind::accepted)}) == BlockState::requested);
}

TEST_CASE("block state: whoever asks knows of a block, and giving the request up leaves it") {
    CHECK(state_after({at(1, Kind::submitted)}) == BlockState::requested);
    CHECK(state_after({at(0, Kind::block), at(1, Kind::submitted), at(2, Answer::mitigated),
                       at(99, Kind::submitted)}) == BlockState::requested);
    for (const Answer answer : {Answer::ack, Answer::ack_agent, Answer::more_info, Answer::not_qualified})
        CHECK(state_after({at(1, Kind::submitted), at(2, answer), at(3, Kind::withdrawn)}) == BlockState::blocked);
    CHECK(state_after({at(1, Kind::submitted), at(2, Answer::mitigated), at(3, Kind::withdrawn)}) ==
          BlockState::mitigated_pending);
    CHECK(state_after({at(1, Kind::withdrawn)}) == BlockState::clear);
    CHECK(standing_after({at(1, Kind::submitted), at(2, Answer::not_qualified)}).verdict == Answer::not_qualified);
}

TEST_CASE("block state: the order in which events are told does not matter") {
    CHECK(standing_after({at(2, Answer::mitigated), at(1, Kind::submitted), at(0, Kind::block, "SC-004")}) ==
          standing_after({at(0, Kind::block, "SC-004"), at(1, Kind::submitted), at(2, Answer::mitigated)}));
}
