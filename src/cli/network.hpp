#pragma once
// The commands that need the network run in programs of their own, jmrp-net and jmrp-milter: the libraries they bring along
// would cost every delivery more than all the rest of it. People see one command.
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace jmrp::cli {

/// The code of a command whose row does not say Runs::in_jmrp; only the program that the row says has it.
struct NetworkCommand {
    std::string_view name;
    ExitStatus (*run)(const Invocation& invocation);
};

/// Where the program that runs such commands is; nothing: it is not installed.
std::optional<std::filesystem::path> find_program(Runs other);

/// Becomes the program that runs such commands, with these arguments; environment and open files stay. It is looked for beside
/// this program (a build tree), in ../libexec/jmrp from there, and where it was to be installed. Throws Fault(not_found).
[[noreturn]] void become(Runs other, const std::vector<std::string>& line);

/// The command line of `command` with the configuration and database of this invocation.
std::vector<std::string> line_for(const Invocation& invocation, std::string_view command);

} // namespace jmrp::cli
