#pragma once
#include <span>

#include "cli/network.hpp"

namespace jmrp::cli {

/// The whole program: argv to exit status. Throws nothing. `network_commands` are those this program has the code of.
int run(int argc, char** argv, std::span<const NetworkCommand> network_commands = {});

} // namespace jmrp::cli
