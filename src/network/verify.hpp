#pragma once
#include "cli/command.hpp"

namespace jmrp::network {

/// `jmrp verify`
cli::ExitStatus run_verify(const cli::Invocation& invocation);

} // namespace jmrp::network
