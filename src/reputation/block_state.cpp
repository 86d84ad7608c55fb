#include "reputation/block_state.hpp"

#include <algorithm>
#include <initializer_list>

namespace jmrp::reputation {

namespace {

using Answer = domain::MitigationOutcome;
using Event = BlockEventKind;
using State = BlockState;

/// A set of states, one bit each.
class States {
  public:
    constexpr States(std::initializer_list<State> states) {
        for (const State state : states)
            bits_ |= 1U << static_cast<unsigned>(state);
    }
    constexpr bool has(State state) const { return (bits_ >> static_cast<unsigned>(state) & 1U) != 0; }

  private:
    unsigned bits_ = 0;
};

constexpr States asking = {State::blocked,      State::ready,         State::requested,  State::in_review,
                           State::refused_auto, State::refused_agent, State::needs_reply};
constexpr States open = {State::requested, State::in_review, State::refused_auto, State::refused_agent,
                         State::needs_reply};
constexpr States mitigated = {State::mitigated_pending, State::mitigated_limited};
constexpr States all = {State::clear,       State::throttled,         State::blocked,          State::ready,
                        State::requested,   State::in_review,         State::refused_auto,     State::refused_agent,
                        State::needs_reply, State::mitigated_pending, State::mitigated_limited};

/// First match wins; no match: the state stays, as with an answer that no block is seen while refusals show one. `settled`: only once the time after a verdict is over.
struct Transition {
    States from;
    BlockHappening what;
    State to;
    bool settled = false;
};
constexpr Transition transitions[] = {
    // A delivery ends a block whoever lifted it; an open ticket stays open until they answer.
    {{State::throttled, State::blocked, State::ready, State::refused_auto, State::refused_agent},
     Event::accepted,
     State::clear},
    {mitigated, Event::accepted, State::clear, true},
    {{State::clear}, Event::rate_limit, State::throttled},
    {{State::clear, State::throttled}, Event::block, State::blocked},
    {mitigated, Event::block, State::blocked, true},
    {{State::blocked}, Event::gate_passed, State::ready},
    {{State::ready}, Event::gate_failed, State::blocked},
    {all, Event::submitted, State::requested}, // whoever asks knows of a block, whether a refusal was read here or not
    {open, Event::withdrawn, State::blocked},
    {{State::blocked, State::ready}, Answer::ack, State::requested},
    {asking, Answer::ack_agent, State::in_review},
    {{State::refused_auto, State::refused_agent, State::needs_reply}, Event::replied, State::in_review},
    {asking, Answer::not_qualified, State::refused_auto},
    {asking, Answer::refused_cause, State::refused_agent},
    {asking, Answer::more_info, State::needs_reply},
    {asking, Answer::mitigated, State::mitigated_pending},
    {asking, Answer::removed, State::mitigated_pending},
    {asking, Answer::conditionally_mitigated, State::mitigated_limited},
};

bool is_verdict(const BlockHappening& what) {
    const auto* outcome = std::get_if<Answer>(&what);
    return outcome && (lifts(*outcome) || refuses(*outcome));
}

void apply(BlockStanding& standing, const BlockEvent& event) {
    const util::Seconds sent = event.sent_at.value_or(event.at);
    const bool settled = !standing.verdict_at || sent > *standing.verdict_at + replication;
    const auto* found = std::ranges::find_if(transitions, [&](const Transition& row) {
        return row.what == event.what && row.from.has(standing.state) && (!row.settled || settled);
    });
    if (event.what == BlockHappening(Event::block) && (!mitigated.has(standing.state) || settled))
        standing.code = event.code;
    if (found == std::end(transitions))
        return;
    if (found->to != standing.state)
        standing.since = event.at;
    standing.state = found->to;
    if (is_verdict(event.what)) {
        standing.verdict_at = event.at;
        standing.verdict = std::get<Answer>(event.what);
    }
}

} // namespace

BlockStanding standing_after(std::vector<BlockEvent> events) {
    std::ranges::stable_sort(events, {}, &BlockEvent::at);
    BlockStanding out;
    for (const BlockEvent& event : events)
        apply(out, event);
    return out;
}

} // namespace jmrp::reputation
