#include <cstdio>

#include "cli/commands/commands.hpp"
#include "cli/inspect_json.hpp"
#include "cli/output.hpp"
#include "source/source.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"feed", "NAME", "by the rules of which feed; else 'default'"},
    json_option,
};

ExitStatus run(const Invocation& invocation) {
    std::vector<std::string> sources = invocation.arguments;
    if (sources.empty())
        sources.emplace_back("-");
    const std::string feed = invocation.value("feed").value_or(domain::default_feed);
    for (const std::string& spec : sources) {
        const auto source = source::open(spec, invocation.config.rules.reading.limits.message_bytes);
        std::size_t index = 0;
        while (const auto message = source->next()) {
            Inspected inspected = inspect(message->bytes, invocation.config.rules, feed, util::now());
            if (message->truncated)
                inspected.reading.defects.push_back(
                    {"truncated", "the message is larger than the limit; the rest was not read"});
            print_line(invocation.json() ? inspect_json(inspected, spec, index) : inspect_text(inspected, spec, index));
            ++index;
        }
    }
    return ExitStatus::ok;
}

} // namespace

const Command inspect_command{"inspect",
                              "[--feed NAME] [--json] [FILE ...]",
                              "what would be made of a message, and why; stores nothing",
                              "jmrp inspect complaint.eml",
                              options,
                              run};

} // namespace jmrp::cli
