#include "cli/commands/commands.hpp"
#include "cli/output.hpp"

namespace jmrp::cli {

namespace {

ExitStatus run(const Invocation& invocation) {
    static constexpr const char* verbs[] = {"check"};
    std::vector<std::string> arguments = invocation.arguments;
    take_verb(arguments, verbs);
    expect_arguments(arguments, 0, "no further arguments");
    print_line("# " + (invocation.config.file.empty() ? std::string("no configuration file; these are the defaults")
                                                      : "read from " + invocation.config.file.string()));
    const std::string text = effective_config(invocation.config);
    print_line(std::string_view(text).substr(0, text.size() - 1));
    return ExitStatus::ok;
}

} // namespace

const Command config_command{
    "config", "check", "read the configuration and print what is in force", "jmrp config check", {}, run};

} // namespace jmrp::cli
