#pragma once
// What a monitoring plugin prints (https://www.monitoring-plugins.org/doc/guidelines.html): a line that begins with the state,
// figures behind a bar, more lines below.
#include <string>
#include <string_view>
#include <vector>

#include "reputation/health.hpp"

namespace jmrp::cli {

/// "JMRP WARNING - ... | figures" and a line for each finding, without the last line end. Nothing that a finding holds can
/// begin a line, or figures, of its own.
std::string plugin_text(const std::vector<reputation::Finding>& findings);

std::string plugin_json(const std::vector<reputation::Finding>& findings);

/// "JMRP UNKNOWN - ...", or the like in JSON: the check itself failed.
std::string plugin_failure(std::string_view why, bool json);

} // namespace jmrp::cli
