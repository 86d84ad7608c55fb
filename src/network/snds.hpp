#pragma once
#include "cli/command.hpp"

namespace jmrp::network {

/// `jmrp snds`
cli::ExitStatus run_snds(const cli::Invocation& invocation);

/// `jmrp snds fetch`
cli::ExitStatus fetch_snds(const cli::Invocation& invocation);

/// `jmrp snds login`
cli::ExitStatus log_in_to_snds(const cli::Invocation& invocation);

} // namespace jmrp::network
