#pragma once
#include <string>

#include "domain/decision.hpp"
#include "domain/delist_settings.hpp"

namespace jmrp::cli {

/// A decision for people, in lines: the answer, what to do, every rule with what it rests on, and the door. Fits 80 columns but
/// for names and URLs that are longer; what may hold text from outside is escaped.
std::string decision_text(const domain::Decision& decision, const domain::Evidence& evidence,
                          const domain::DelistSettings& settings);

} // namespace jmrp::cli
