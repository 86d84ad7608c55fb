#pragma once
// The sub-commands of `jmrp delist`, one function each; their table is in commands/delist.cpp.
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace jmrp::cli {

using Arguments = std::vector<std::string>;

/// A sub-command that needs the network.
struct DelistNetworkVerb {
    std::string_view name;
    ExitStatus (*run)(const Invocation& invocation, const Arguments& arguments);
};

/// `jmrp delist`. Without the code of a sub-command that needs the network, becomes the program that has it.
ExitStatus run_delist(const Invocation& invocation, std::initializer_list<DelistNetworkVerb> network);

ExitStatus note_request(const Invocation& invocation, const Arguments& arguments); ///< submitted
ExitStatus note_cause(const Invocation& invocation, const Arguments& arguments);
ExitStatus close_request(const Invocation& invocation, const Arguments& arguments);
ExitStatus list_requests(const Invocation& invocation, const Arguments& arguments);
ExitStatus show_requests(const Invocation& invocation, const Arguments& arguments);
ExitStatus note_trial(const Invocation& invocation, const Arguments& arguments);

} // namespace jmrp::cli
