#pragma once
// Commands: one file each in commands/, one row each in the table (command.cpp). Help, man page and completion are fed from it.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config.hpp"
#include "cli/exit_status.hpp"
#include "store/store.hpp"

namespace jmrp::cli {

struct Option {
    const char* name;     ///< without the dashes
    const char* argument; ///< what it takes, "NAME", or null for a switch
    const char* help;
};

/// A command line, taken apart, and what the configuration says.
struct Invocation {
    Config config;
    std::map<std::string, std::string, std::less<>> options; ///< given ones; a switch has an empty value
    std::vector<std::string> arguments;
    bool verbose = false;
    bool quiet = false;

    bool has(std::string_view option) const { return options.find(option) != options.end(); }
    std::optional<std::string> value(std::string_view option) const;
    bool json() const { return has("json"); }
};

/// Which program runs a command: jmrp, or one that jmrp becomes (network.hpp).
enum class Runs { in_jmrp, in_jmrp_net, in_jmrp_milter };

struct Command {
    const char* name;
    const char* arguments; ///< for the usage line
    const char* summary;
    const char* example;
    std::span<const Option> options;
    ExitStatus (*run)(const Invocation& invocation); ///< null: another program has it
    bool reads_config = true;
    Runs runs = Runs::in_jmrp;
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);

inline constexpr Option json_option{"json", nullptr, "print JSON for programs"};

store::Options store_options(const Invocation& invocation);
/// Opens the configured database; one that is not there yet is made.
store::Store open_store(const Invocation& invocation);

/// The sub-command of a command such as `suppressions list`: takes it off the arguments; throws Fault(usage) listing `verbs`.
std::string take_verb(std::vector<std::string>& arguments, std::span<const char* const> verbs);
/// Throws Fault(usage) unless there are exactly that many arguments.
void expect_arguments(const std::vector<std::string>& arguments, std::size_t count, std::string_view what);

/// The name of the person who runs this, for records of decisions.
std::string decided_by();

} // namespace jmrp::cli
