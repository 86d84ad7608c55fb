#pragma once
#include "cli/command.hpp"

namespace jmrp::milter {

/// `jmrp milter`
cli::ExitStatus run(const cli::Invocation& invocation);

} // namespace jmrp::milter
