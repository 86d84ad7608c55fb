#pragma once
#include "cli/command.hpp"

namespace jmrp::network {

/// `jmrp poll`
cli::ExitStatus run_poll(const cli::Invocation& invocation);

} // namespace jmrp::network
