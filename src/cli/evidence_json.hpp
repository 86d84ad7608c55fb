#pragma once
// Evidence and decisions as JSON: what was decided on can be kept and decided again. schemas/json/evidence.schema.json and
// decision.schema.json describe it.
#include <string>
#include <string_view>

#include "domain/decision.hpp"

namespace jmrp::cli {

/// One line, without a line end.
std::string evidence_json(const domain::Evidence& evidence);
/// Reads what evidence_json() writes; a member that is not there is unknown, one that has no meaning is refused. Throws
/// Fault(damaged), which names the member.
domain::Evidence parse_evidence(std::string_view text);

/// The same of a file; "-" is standard input.
domain::Evidence read_evidence(const std::string& file);

std::string decision_json(const domain::Decision& decision);

} // namespace jmrp::cli
