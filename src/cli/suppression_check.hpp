#pragma once
#include "cli/command.hpp"

namespace jmrp::cli {

/// `jmrp suppressions check ADDRESS...|-`: one line an address, in their order. Answers as soon as lines arrive.
ExitStatus check_suppressions(const Invocation& invocation, const std::vector<std::string>& arguments);

} // namespace jmrp::cli
