#pragma once
// What a decision ends a command with.
#include <algorithm>
#include <iterator>

#include "cli/exit_status.hpp"
#include "domain/decision.hpp"

namespace jmrp::cli {

struct Ending {
    domain::DecisionOutcome outcome;
    ExitStatus status;
    const char* sending; ///< what is said above a draft
};
/// The further down, the further from safe.
inline constexpr Ending endings[] = {
    {domain::DecisionOutcome::safe, ExitStatus::ok, "SAFE to send"},
    {domain::DecisionOutcome::person, ExitStatus::critical, "A PERSON MUST DECIDE before this is sent"},
    {domain::DecisionOutcome::unknown, ExitStatus::unknown, "DO NOT SEND yet: something is not known"},
    {domain::DecisionOutcome::wait, ExitStatus::warning, "DO NOT SEND yet: wait"},
    {domain::DecisionOutcome::not_safe, ExitStatus::warning, "DO NOT SEND: it is not safe"},
};

constexpr const Ending* ending_of(domain::DecisionOutcome outcome) {
    return std::ranges::find(endings, outcome, &Ending::outcome);
}

} // namespace jmrp::cli
