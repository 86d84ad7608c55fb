#pragma once
#include "cli/command.hpp"

namespace jmrp::network {

/// `jmrp delist`
cli::ExitStatus run_delist(const cli::Invocation& invocation);

/// `jmrp delist check`: 0 safe, 1 not now, 2 a person must decide, 3 unknown; of two lists the outcome that is further from safe
/// (not safe, wait, unknown, person, safe).
cli::ExitStatus check_delisting(const cli::Invocation& invocation, const std::vector<std::string>& arguments);

} // namespace jmrp::network
