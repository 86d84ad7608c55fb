#pragma once
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace jmrp::cli {

/// `jmrp delist draft`. Ends as `jmrp delist check` does, whether or not something was written.
ExitStatus draft_request(const Invocation& invocation, const std::vector<std::string>& arguments);

} // namespace jmrp::cli
