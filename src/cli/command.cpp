#include "cli/command.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/commands/commands.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

std::span<const Command> commands() {
    static const Command table[] = {
        init_command,       ingest_command,       poll_command,   import_command, inspect_command, settle_command,
        verify_command,     rebuild_command,      status_command, check_command,  doctor_command,  rates_command,
        review_command,     suppressions_command, export_command, leaks_command,  blocks_command,  publish_command,
        quarantine_command, snds_command,         token_command,  milter_command, dns_command,     delist_command,
        config_command,     dump_command,
    };
    return table;
}

const Command* find_command(std::string_view name) {
    const auto all = commands();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Command& command) { return command.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::optional<std::string> Invocation::value(std::string_view option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

store::Options store_options(const Invocation& invocation) {
    store::Options options;
    options.path = invocation.config.database;
    options.busy_timeout_ms = invocation.config.busy_timeout_ms;
    return options;
}

store::Store open_store(const Invocation& invocation) {
    return store::Store(store_options(invocation));
}

std::string take_verb(std::vector<std::string>& arguments, std::span<const char* const> verbs) {
    std::string all;
    std::vector<std::string> names;
    for (const char* verb : verbs) {
        all += (all.empty() ? "" : ", ") + std::string(verb);
        names.emplace_back(verb);
    }
    if (arguments.empty())
        throw util::Fault(util::FaultKind::usage, "run this command", "it needs one of: " + all);
    std::string verb = arguments.front();
    arguments.erase(arguments.begin());
    if (std::find(names.begin(), names.end(), verb) == names.end()) {
        const auto near = util::nearest(verb, names);
        throw util::Fault(util::FaultKind::usage, "run '" + util::for_terminal(verb) + "'", "it is none of: " + all,
                          near ? "did you mean '" + *near + "'?" : "");
    }
    return verb;
}

void expect_arguments(const std::vector<std::string>& arguments, std::size_t count, std::string_view what) {
    if (arguments.size() != count)
        throw util::Fault(util::FaultKind::usage, "run this command", "it takes " + std::string(what));
}

std::string decided_by() {
    for (const char* name : {"SUDO_USER", "LOGNAME", "USER"})
        if (const char* value = std::getenv(name); value && *value)
            return util::to_valid_utf8(value);
    const passwd* entry = ::getpwuid(::getuid());
    return entry ? entry->pw_name : std::to_string(::getuid());
}

} // namespace jmrp::cli
