#pragma once
// What `jmrp inspect` prints of one message. schemas/json/inspect.schema.json describes the JSON.
#include <cstddef>
#include <string>
#include <string_view>

#include "domain/reading.hpp"
#include "domain/settlement.hpp"
#include "ingest/ingest.hpp"

namespace jmrp::cli {

/// What a message says, and what would follow from it.
struct Inspected {
    domain::Reading reading;
    domain::Settlement outcome;
};
/// As if it came now into that feed.
Inspected inspect(std::string_view bytes, const ingest::Rules& rules, std::string_view feed, util::Seconds now);

/// One JSON object on one line, without a line end. Valid UTF-8 whatever the mail holds.
std::string inspect_json(const Inspected& inspected, std::string_view file, std::size_t index);

/// For people: every value with the place it was read from, the ladder rung by rung; the last line has no end. Nothing of
/// the mail reaches the terminal unescaped.
std::string inspect_text(const Inspected& inspected, std::string_view file, std::size_t index);

} // namespace jmrp::cli
