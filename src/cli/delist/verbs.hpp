#pragma once
// The sub-commands of `jmrp delist`, one function each; their table is in commands/delist.cpp.
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace jmrp::cli {

using Arguments = std::vector<std::string>;
using DelistVerb = ExitStatus (*)(const Invocation& invocation, const Arguments& arguments);

/// `jmrp delist`. Without `check`, which needs the network, becomes the program that has it.
ExitStatus run_delist(const Invocation& invocation, DelistVerb check);

} // namespace jmrp::cli
