#pragma once
// Where one address stands with one list, from what happened. Pure: the same events give the same state.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/mitigation.hpp"
#include "domain/names.hpp"
#include "util/clock.hpp"

namespace jmrp::reputation {

enum class BlockState {
    clear,
    throttled,
    blocked,
    ready, ///< blocked, and the gate passed
    requested,
    in_review,
    refused_auto,      ///< by the machine that answers first
    refused_agent,     ///< by a person there, with a cause
    needs_reply,       ///< they ask for more
    mitigated_pending, ///< lifted, they say: it takes up to 48 hours to reach all their servers
    mitigated_limited  ///< the same, with low daily limits
};

/// Verdicts, which end a request: with every other outcome it is still open.
constexpr bool lifts(domain::MitigationOutcome outcome) {
    using Outcome = domain::MitigationOutcome;
    return outcome == Outcome::mitigated || outcome == Outcome::conditionally_mitigated || outcome == Outcome::removed;
}
constexpr bool refuses(domain::MitigationOutcome outcome) {
    using Outcome = domain::MitigationOutcome;
    return outcome == Outcome::not_qualified || outcome == Outcome::refused_cause;
}
/// With these it is open too, and the next step is ours.
constexpr bool asks_back(domain::MitigationOutcome outcome) {
    using Outcome = domain::MitigationOutcome;
    return outcome == Outcome::more_info || outcome == Outcome::nothing_detected;
}

enum class BlockEventKind {
    accepted, ///< a delivery
    rate_limit,
    block, ///< a block refusal
    gate_passed,
    gate_failed,
    submitted, ///< a person sent the request
    replied,   ///< we answered in the thread
    withdrawn  ///< a person gave the request up
};

/// What happened here, or what support answered.
using BlockHappening = std::variant<BlockEventKind, domain::MitigationOutcome>;

struct BlockEvent {
    util::Seconds at = 0;
    BlockHappening what = BlockEventKind::accepted;
    std::string code;                     ///< of a block refusal
    std::optional<util::Seconds> sent_at; ///< of a block refusal: when the mail was handed over; else `at`
};

struct BlockStanding {
    BlockState state = BlockState::clear;
    util::Seconds since = 0; ///< in this state; 0: from the begin
    std::string code;        ///< of the newest block refusal that counts
    std::optional<util::Seconds> verdict_at;
    std::optional<domain::MitigationOutcome> verdict; ///< the last: lifts() or refuses()

    friend bool operator==(const BlockStanding&, const BlockStanding&) = default;
};

/// Mail that was handed over within that time of a verdict may still meet a server that does not know of it.
inline constexpr util::Seconds replication = 48 * util::Seconds{3600};

/// Events in any order; those of the same second in the order given.
BlockStanding standing_after(std::vector<BlockEvent> events);

} // namespace jmrp::reputation

namespace jmrp::domain {
template <>
struct Names<reputation::BlockState> {
    using State = reputation::BlockState;
    static constexpr std::pair<State, std::string_view> table[] = {{State::clear, "clear"},
                                                                   {State::throttled, "throttled"},
                                                                   {State::blocked, "blocked"},
                                                                   {State::ready, "ready"},
                                                                   {State::requested, "requested"},
                                                                   {State::in_review, "in-review"},
                                                                   {State::refused_auto, "refused-auto"},
                                                                   {State::refused_agent, "refused-agent"},
                                                                   {State::needs_reply, "needs-reply"},
                                                                   {State::mitigated_pending, "mitigated-pending"},
                                                                   {State::mitigated_limited, "mitigated-limited"}};
};
} // namespace jmrp::domain
