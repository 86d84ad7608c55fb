#pragma once
// Many invented senders before the gate and before an oracle that knows the truth.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/gate/history.hpp"
#include "reputation/gate.hpp"

namespace jmrp::simulation {

/// Shares.
inline constexpr double good_rate = 0.001;
inline constexpr double bad_rate = 0.003;

/// What came of one history.
struct Result {
    double volume = 0;
    RepairKind repair = RepairKind::none;
    bool in_snds = false;
    Slot block = 0;
    Slot oracle = never; ///< when it says safe
    Slot cured = never;  ///< from when on the rate is good and no leak is open, whatever has to be waited for
    Slot gate = never;
    bool good_once = false; ///< the rate was ever below the refusing one, without a leak, after the block
    /// When the gate said safe:
    double rate = 0;
    bool was_bad_a_day_ago = false;
    bool leak_open = false;
    bool leak_sleeps = false;    ///< less than a mail a week goes through it
    bool leak_was_shown = false; ///< and the evidence held a sign of it
    bool feed_dead = false;
    bool feed_died_before = false; ///< a day before the 72 hours after the repair were over, or more than 72 hours ago
    domain::DecisionOutcome last =
        domain::DecisionOutcome::unknown; ///< what the gate said at the end, or when it said safe
    std::string blocking;                 ///< the rules not met then

    bool wrong() const { return gate < never && (rate > bad_rate || (leak_open && !leak_sleeps) || feed_died_before); }
};

/// Each history has a seed of its own that follows from `seed` and its number: another policy sees the same senders.
std::vector<Result> simulate(const World& world, std::uint64_t seed, int histories,
                             const reputation::GatePolicy& policy);

struct Figures {
    int histories = 0;
    int said_safe = 0;
    int high_rate = 0; ///< safe was said at a rate above bad_rate
    int open_leak = 0; ///< one that a mail a week goes through
    int sleeping_leak = 0;
    int fresh_trouble = 0; ///< of high_rate: it was not high a day before
    int shown_leak = 0;
    int dead_feed = 0;  ///< by Result::feed_died_before
    int died_later = 0; ///< dead since then, which nobody can know
    int wrong = 0;
    int never_good = 0; ///< histories without a moment at which safe would have been right
    int wrong_of_never_good = 0;
    int could_be_safe = 0;  ///< the oracle says safe
    int found = 0;          ///< of them, the gate does too
    double oracle_days = 0; ///< medians since the block, over those that could be safe
    double cured_days = 0;
    double gate_days = 0;          ///< a gate that never says it counts as infinite
    std::array<int, 5> outcomes{}; ///< at the end, by domain::DecisionOutcome

    double ratio() const { return gate_days / oracle_days; }
};
Figures figures_of(const std::vector<Result>& results);

} // namespace jmrp::simulation
