#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/settling.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {json_option};

std::int64_t id_from(const std::vector<std::string>& arguments) {
    expect_arguments(arguments, 1, "the number of one message, as 'jmrp quarantine list' shows it");
    const auto id = util::parse_unsigned(arguments.front());
    if (!id || *id > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throw util::Fault(util::FaultKind::usage, "find a message",
                          "'" + util::for_terminal(arguments.front()) + "' is no message number");
    return static_cast<std::int64_t>(*id);
}

[[noreturn]] void not_there(std::int64_t id) {
    throw util::Fault(util::FaultKind::not_found, "find message " + std::to_string(id), "it is not in quarantine",
                      "'jmrp quarantine list' shows what is");
}

ExitStatus list(const Invocation& invocation) {
    const auto entries = open_store(invocation).quarantine();
    if (invocation.json()) {
        Json messages = Json::array();
        for (const store::QuarantineEntry& entry : entries)
            messages.push_back({{"id", entry.message_id},
                                {"since", util::iso8601(entry.since)},
                                {"feed", entry.feed},
                                {"origin", entry.origin},
                                {"bytes", entry.size},
                                {"reason", entry.reason}});
        print_json({{"format_version", format_version}, {"messages", std::move(messages)}});
        return ExitStatus::ok;
    }
    if (entries.empty()) {
        print_line("Nothing is in quarantine.");
        return ExitStatus::ok;
    }
    Table table({">id", "since", "feed", ">bytes", "reason"});
    for (const store::QuarantineEntry& entry : entries)
        table.add({std::to_string(entry.message_id), short_time(entry.since), entry.feed,
                   grouped(static_cast<std::int64_t>(entry.size)), entry.reason});
    table.print();
    return ExitStatus::ok;
}

/// The mail as it came; escaped where a person looks at a terminal.
ExitStatus show(const Invocation& invocation, std::int64_t id) {
    const auto message = open_store(invocation).message(id);
    if (!message)
        not_there(id);
    if (invocation.json()) {
        print_json({{"format_version", format_version},
                    {"id", id},
                    {"feed", message->feed},
                    {"origin", message->origin},
                    {"received_at", util::iso8601(message->received_at)},
                    {"message", message->bytes}});
        return ExitStatus::ok;
    }
    for (const std::string_view line : util::split(message->bytes, '\n'))
        print_line(util::for_terminal(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line, 4000));
    return ExitStatus::ok;
}

ExitStatus run(const Invocation& invocation) {
    static constexpr const char* verbs[] = {"list", "show", "release", "drop"};
    std::vector<std::string> arguments = invocation.arguments;
    const std::string verb = take_verb(arguments, verbs);
    if (verb == "list") {
        expect_arguments(arguments, 0, "no further arguments");
        return list(invocation);
    }
    const std::int64_t id = id_from(arguments);
    if (verb == "show")
        return show(invocation, id);
    {
        store::Store store = open_store(invocation);
        const bool done = verb == "release" ? store.release_from_quarantine(id)
                                            : store.drop_from_quarantine(id, decided_by(), util::now());
        if (!done)
            not_there(id);
    }
    return verb == "release" ? supervised([&] { return settle_queue(invocation); }) : ExitStatus::ok;
}

} // namespace

const Command quarantine_command{"quarantine",
                                 "list | show ID | release ID | drop ID [--json]",
                                 "messages that were not understood: look at them, have them read again, or drop them",
                                 "jmrp quarantine show 17",
                                 options,
                                 run};

} // namespace jmrp::cli
