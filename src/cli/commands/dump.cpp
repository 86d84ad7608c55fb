#include "cli/commands/commands.hpp"
#include "cli/output.hpp"

namespace jmrp::cli {

namespace {

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    open_store(invocation).dump([](std::string_view line) { print_line(line); });
    return ExitStatus::ok;
}

} // namespace

const Command dump_command{"dump", "", "", "jmrp dump | sha256sum", {}, run};

} // namespace jmrp::cli
