#pragma once
#include "cli/command.hpp"

namespace jmrp::cli {

/// `jmrp suppressions import [FILE|-]`. Rows that cannot be used are reported by the number of their line and left out, the
/// rest is used. Reading a file again changes nothing.
ExitStatus import_suppressions(const Invocation& invocation, const std::vector<std::string>& arguments);

} // namespace jmrp::cli
