#pragma once
// What `jmrp inspect` prints of one message. schemas/json/inspect.schema.json describes the JSON.
#include <cstddef>
#include <string>
#include <string_view>

#include "domain/reading.hpp"

namespace jmrp::cli {

/// One JSON object on one line, without a line end. Valid UTF-8 whatever the mail holds.
std::string inspect_json(const domain::Reading& reading, std::string_view file, std::size_t index);

/// For people: every value with the place it was read from, the ladder rung by rung; the last line has no end. Nothing of
/// the mail reaches the terminal unescaped.
std::string inspect_text(const domain::Reading& reading, std::string_view file, std::size_t index);

} // namespace jmrp::cli
