#include "cli/commands/commands.hpp"
#include "cli/json.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {json_option};

ExitStatus run(const Invocation& invocation) {
    static constexpr const char* verbs[] = {"check"};
    std::vector<std::string> arguments = invocation.arguments;
    take_verb(arguments, verbs);
    expect_arguments(arguments, 0, "no further arguments");
    if (invocation.json()) {
        Json out{{"format_version", format_version},
                 {"file", invocation.config.file.empty() ? Json(nullptr) : Json(invocation.config.file.string())}};
        for (const ConfigValue& value : config_values(invocation.config))
            (value.of.empty() ? out[value.section] : out[value.section][value.of])[value.name] =
                Json::parse(value.text); // a value in TOML is written as in JSON here
        print_json(out);
        return ExitStatus::ok;
    }
    print_line("# " + (invocation.config.file.empty() ? std::string("no configuration file; these are the defaults")
                                                      : "read from " + invocation.config.file.string()));
    const std::string text = effective_config(invocation.config);
    print_line(std::string_view(text).substr(0, text.size() - 1));
    return ExitStatus::ok;
}

} // namespace

const Command config_command{
    "config", "check [--json]", "read the configuration and print what is in force", "jmrp config check", options, run};

} // namespace jmrp::cli
