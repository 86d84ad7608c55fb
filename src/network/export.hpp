#pragma once
#include "cli/command.hpp"

namespace jmrp::network {

/// `jmrp export`, to servers as well
cli::ExitStatus run_export(const cli::Invocation& invocation);

} // namespace jmrp::network
