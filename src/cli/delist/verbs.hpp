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

ExitStatus note_request(const Invocation& invocation, const Arguments& arguments); ///< submitted
ExitStatus note_cause(const Invocation& invocation, const Arguments& arguments);
ExitStatus close_request(const Invocation& invocation, const Arguments& arguments);
ExitStatus list_requests(const Invocation& invocation, const Arguments& arguments);
ExitStatus show_requests(const Invocation& invocation, const Arguments& arguments);
ExitStatus note_trial(const Invocation& invocation, const Arguments& arguments);

} // namespace jmrp::cli
