#include "cli/commands/commands.hpp"
#include "cli/json.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {json_option};

void print_people(const store::Status& status, const std::filesystem::path& database) {
    print_line("database      " + database.string());
    print_line("messages      " + grouped(status.messages) + " kept (" + grouped(status.raw_bytes) + " bytes)");
    print_line("unsettled     " + grouped(status.unsettled) +
               (status.tried_before > 0 ? " (" + grouped(status.tried_before) + " killed the reader before)" : ""));
    print_line("quarantine    " + grouped(status.quarantined) +
               (status.quarantined > 0 ? "   'jmrp quarantine list' shows them" : ""));
    print_line("held          " + grouped(status.held) + (status.held > 0 ? "   'jmrp review list' shows them" : ""));
    print_line("suppressions  " + grouped(status.suppressed));
    Table outcomes({"outcome", ">messages", "meaning"});
    for (const auto& [name, messages] : status.dispositions) {
        const auto disposition = domain::from_text<domain::Disposition>(name);
        outcomes.add({name, grouped(messages), disposition ? std::string(domain::explain(*disposition)) : ""});
    }
    if (!outcomes.empty()) {
        print_line("");
        outcomes.print();
    }
    Table feeds({"feed", ">messages", "last message", "last report"});
    for (const store::FeedStatus& feed : status.feeds)
        feeds.add({feed.feed, grouped(feed.messages), feed.last_message ? short_time(*feed.last_message) : "never",
                   feed.last_report ? short_time(*feed.last_report) : "never"});
    if (!feeds.empty()) {
        print_line("");
        feeds.print();
    }
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    const store::Status status = open_store(invocation).status();
    if (!invocation.json()) {
        print_people(status, invocation.config.database);
        return ExitStatus::ok;
    }
    Json outcomes = Json::object();
    for (const auto& [name, messages] : status.dispositions)
        outcomes[name] = messages;
    Json feeds = Json::array();
    for (const store::FeedStatus& feed : status.feeds)
        feeds.push_back({{"feed", feed.feed},
                         {"messages", feed.messages},
                         {"last_message", time_or_null(feed.last_message)},
                         {"last_report", time_or_null(feed.last_report)}});
    print_json({{"format_version", format_version},
                {"database", invocation.config.database.string()},
                {"messages", status.messages},
                {"bytes", status.raw_bytes},
                {"unsettled", status.unsettled},
                {"tried_before", status.tried_before},
                {"quarantined", status.quarantined},
                {"held", status.held},
                {"suppressed", status.suppressed},
                {"outcomes", outcomes},
                {"feeds", feeds}});
    return ExitStatus::ok;
}

} // namespace

const Command status_command{"status",
                             "[--json]",
                             "what is kept, unsettled and in quarantine, and the last report of each feed",
                             "jmrp status --json | jq .unsettled",
                             options,
                             run};

} // namespace jmrp::cli
