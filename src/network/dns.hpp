#pragma once
#include "cli/command.hpp"

namespace jmrp::network {

/// `jmrp dns`. Ends with warning where something is wrong or not known.
cli::ExitStatus run_dns(const cli::Invocation& invocation);

} // namespace jmrp::network
