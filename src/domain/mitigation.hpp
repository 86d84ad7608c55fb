#pragma once
// What an answer of Microsoft's sender support comes to.
#include <string>
#include <vector>

#include "domain/ip.hpp"
#include "domain/names.hpp"

namespace jmrp::domain {

/// A refusal is tested before a mitigation: "not qualified for mitigation" holds the words of the other.
enum class MitigationOutcome {
    not_qualified,           ///< refused by the machine
    refused_cause,           ///< refused by a person, who names a cause
    conditionally_mitigated, ///< unblocked, with low daily limits
    mitigated,
    removed,          ///< from the list of Microsoft 365
    nothing_detected, ///< they see no block; ours stays as it is
    more_info,        ///< they ask for volumes or examples
    content,          ///< junked for its content: no matter of a block
    use_portal,       ///< the wrong door
    ack_agent,        ///< somebody is looking into it
    ack,              ///< a receipt
    unknown,          ///< unknown words or language: nothing changes, a person reads it
};
template <>
struct Names<MitigationOutcome> {
    static constexpr std::pair<MitigationOutcome, std::string_view> table[] = {
        {MitigationOutcome::not_qualified, "not-qualified"},
        {MitigationOutcome::refused_cause, "refused-cause"},
        {MitigationOutcome::conditionally_mitigated, "conditionally-mitigated"},
        {MitigationOutcome::mitigated, "mitigated"},
        {MitigationOutcome::removed, "removed"},
        {MitigationOutcome::nothing_detected, "nothing-detected"},
        {MitigationOutcome::more_info, "more-info"},
        {MitigationOutcome::content, "content"},
        {MitigationOutcome::use_portal, "use-portal"},
        {MitigationOutcome::ack_agent, "ack-agent"},
        {MitigationOutcome::ack, "ack"},
        {MitigationOutcome::unknown, "unknown"}};
};

/// A section of an answer. Without networks it speaks of what the ticket is about.
struct MitigationFinding {
    MitigationOutcome outcome = MitigationOutcome::unknown;
    std::vector<Network> networks; ///< single addresses have the longest prefix
};

} // namespace jmrp::domain
