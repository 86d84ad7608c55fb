#pragma once
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace jmrp::cli {

/// A command line as text: which command, with what; the configuration is not read yet.
struct ParsedLine {
    const Command* command = nullptr; ///< null: none was named
    std::string unknown_command;      ///< what was named in its place
    bool help = false;
    bool version = false;
    std::optional<std::string> config;
    std::optional<std::string> database;
    Invocation invocation;
};

/// Which command the line names, options aside; "" where none. Never throws.
std::string named_command(const std::vector<std::string>& line);
/// Global options stand before or after the command. Throws Fault(usage).
ParsedLine parse_line(const std::vector<std::string>& line);

std::string general_help();
std::string command_help(const Command& command);

} // namespace jmrp::cli
