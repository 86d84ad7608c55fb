#pragma once
// A row of small bars.
#include <optional>
#include <string>
#include <vector>

namespace jmrp::cli {

/// One character a value, the largest one as high as can be; a dot where nothing is known. Without `unicode` in ASCII.
std::string sparkline(const std::vector<std::optional<double>>& values, bool unicode);

/// Whether the locale is one of UTF-8 and the terminal is no dumb one.
bool shows_unicode();

} // namespace jmrp::cli
