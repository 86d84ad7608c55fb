#pragma once
#include <string_view>
#include <vector>

#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"

namespace jmrp::ingest {

/// What would be made of these bytes: mail::parse, classify, attribute, in this order. Pure; safe in many threads.
domain::Reading interpret(std::string_view bytes, const domain::ReadingRules& rules);

} // namespace jmrp::ingest
