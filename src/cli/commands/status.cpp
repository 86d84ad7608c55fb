#include <algorithm>
#include <cmath>
#include <map>

#include "cli/commands/commands.hpp"
#include "cli/feeds.hpp"
#include "cli/json.hpp"
#include "handover/run.hpp"
#include "reputation/health.hpp"
#include "store/stamped.hpp"
#include "util/clock.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {json_option};

/// A feed of the database, of the configuration, or of both.
struct FeedRow {
    store::FeedStatus status;
    bool has_mailbox = false;
    std::optional<util::Seconds> polled_at;
};

std::vector<FeedRow> feed_rows(const store::Status& status, const std::vector<domain::PolledFeed>& mailboxes) {
    std::map<std::string, FeedRow> by_name;
    for (const store::FeedStatus& feed : status.feeds)
        by_name[feed.feed].status = feed;
    for (const domain::PolledFeed& mailbox : mailboxes) {
        FeedRow& row = by_name[mailbox.feed];
        row.status.feed = mailbox.feed;
        row.has_mailbox = true;
        row.polled_at = mailbox.polled_at;
    }
    std::vector<FeedRow> out;
    for (auto& [name, row] : by_name)
        out.push_back(std::move(row));
    return out;
}

std::string time_or_never(std::optional<util::Seconds> at) {
    return at ? short_time(*at) : "never";
}

struct Period {
    const char* name;     ///< for people
    const char* json_key; ///< for programs
    util::Day days;       ///< today included
};
constexpr Period periods[] = {{"today", "today", 1}, {"7 days", "days_7", 7}, {"30 days", "days_30", 30}};
constexpr util::Day longest_period = 30;

reputation::Proportion share_of(const std::vector<domain::FeedDay>& days, std::string_view feed, const Period& period,
                                util::Day today) {
    return reputation::attributed_share(days, feed, today - period.days + 1, today);
}

/// "95 %  570 of 600"
std::string share_text(const reputation::Proportion& share) {
    const auto percent = reputation::percent(share);
    return percent
               ? std::to_string(std::lround(*percent)) + " %  " + grouped(share.hits) + " of " + grouped(share.trials)
               : "-";
}

void print_shares(const store::Status& status, const std::vector<domain::FeedDay>& days) {
    std::vector<std::string> headers = {"complaints with a known recipient"};
    for (const Period& period : periods)
        headers.push_back(std::string(">") + period.name);
    Table table(headers);
    const util::Day today = util::day_of(util::now());
    for (const store::FeedStatus& feed : status.feeds) {
        std::vector<std::string> row = {feed.feed};
        for (const Period& period : periods)
            row.push_back(share_text(share_of(days, feed.feed, period, today)));
        table.add(std::move(row));
    }
    if (!table.empty()) {
        print_line("");
        table.print();
    }
}

Json shares_json(const std::vector<domain::FeedDay>& days, std::string_view feed) {
    Json out = Json::object();
    const util::Day today = util::day_of(util::now());
    for (const Period& period : periods) {
        const reputation::Proportion share = share_of(days, feed, period, today);
        const auto percent = reputation::percent(share);
        out[period.json_key] = {{"complaints", share.trials},
                                {"attributed", share.hits},
                                {"percent", percent ? Json(*percent) : Json(nullptr)}};
    }
    return out;
}

void print_feeds(const std::vector<FeedRow>& rows) {
    const bool any_mailbox = std::ranges::any_of(rows, &FeedRow::has_mailbox);
    std::vector<std::string> headers{"feed", ">messages", "last message", "last report"};
    if (any_mailbox)
        headers.emplace_back("last poll");
    Table table(headers);
    for (const FeedRow& row : rows) {
        std::vector<std::string> cells{row.status.feed, grouped(row.status.messages),
                                       time_or_never(row.status.last_message), time_or_never(row.status.last_report)};
        if (any_mailbox)
            cells.push_back(row.has_mailbox ? time_or_never(row.polled_at) : "-");
        table.add(std::move(cells));
    }
    if (!table.empty()) {
        print_line("");
        table.print();
    }
}

void print_people(const store::Status& status, const std::vector<FeedRow>& rows,
                  const std::vector<domain::FeedDay>& days, const std::optional<store::StampedStatus>& stamped,
                  const std::filesystem::path& database) {
    print_line("database      " + database.string());
    print_line("messages      " + grouped(status.messages) + " kept (" + grouped(status.raw_bytes) + " bytes)");
    print_line("unsettled     " + grouped(status.unsettled) +
               (status.tried_before > 0 ? " (" + grouped(status.tried_before) + " killed the reader before)" : ""));
    print_line("quarantine    " + grouped(status.quarantined) +
               (status.quarantined > 0 ? "   'jmrp quarantine list' shows them" : ""));
    print_line("held          " + grouped(status.held) + (status.held > 0 ? "   'jmrp review list' shows them" : ""));
    print_line("suppressions  " + grouped(status.suppressed));
    if (stamped)
        print_line("stamped       " + grouped(stamped->messages) + " mails to several people" +
                   (stamped->newest ? ", the newest " + short_time(*stamped->newest) : ""));
    print_shares(status, days);
    Table outcomes({"outcome", ">messages", "meaning"});
    for (const auto& [name, messages] : status.dispositions) {
        const auto disposition = domain::from_text<domain::Disposition>(name);
        outcomes.add({name, grouped(messages), disposition ? std::string(domain::explain(*disposition)) : ""});
    }
    if (!outcomes.empty()) {
        print_line("");
        outcomes.print();
    }
    print_feeds(rows);
}

void print_exports(const std::vector<domain::ConsumerLag>& lags) {
    Table table({"export", ">behind", "since", "last success", ">failures", "last error"});
    const auto time = [](const std::optional<util::Seconds>& at) {
        return at ? short_time(*at) : std::string("never");
    };
    for (const domain::ConsumerLag& one : lags)
        table.add({one.name, grouped(one.lag.changes), one.lag.since ? short_time(*one.lag.since) : "-",
                   time(one.last_ok), grouped(one.failures), one.last_error});
    if (!table.empty()) {
        print_line("");
        table.print();
    }
}

Json exports_json(const std::vector<domain::ConsumerLag>& lags) {
    Json out = Json::array();
    for (const domain::ConsumerLag& one : lags)
        out.push_back({{"export", one.name},
                       {"behind", one.lag.changes},
                       {"since", time_or_null(one.lag.since)},
                       {"last_success", time_or_null(one.last_ok)},
                       {"failures", one.failures},
                       {"last_error", one.last_error.empty() ? Json(nullptr) : Json(one.last_error)}});
    return out;
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    store::Store store = open_store(invocation);
    const store::Status status = store.status(util::now());
    const std::vector<FeedRow> rows = feed_rows(status, polled_feeds(invocation.config, store));
    const std::vector<domain::FeedDay> days = store.feed_days(util::day_of(util::now()) - longest_period + 1);
    const auto stamped = store::stamped_status(store_options(invocation));
    const auto lags = handover::lags(store, invocation.config.exports, util::now());
    if (!invocation.json()) {
        print_people(status, rows, days, stamped, invocation.config.database);
        print_exports(lags);
        return ExitStatus::ok;
    }
    Json outcomes = Json::object();
    for (const auto& [name, messages] : status.dispositions)
        outcomes[name] = messages;
    Json feeds = Json::array();
    for (const FeedRow& row : rows)
        feeds.push_back({{"feed", row.status.feed},
                         {"messages", row.status.messages},
                         {"last_message", time_or_null(row.status.last_message)},
                         {"last_report", time_or_null(row.status.last_report)},
                         {"mailbox", row.has_mailbox},
                         {"last_poll", time_or_null(row.polled_at)},
                         {"shares", shares_json(days, row.status.feed)}});
    print_json({{"format_version", format_version},
                {"database", invocation.config.database.string()},
                {"messages", status.messages},
                {"bytes", status.raw_bytes},
                {"unsettled", status.unsettled},
                {"tried_before", status.tried_before},
                {"quarantined", status.quarantined},
                {"held", status.held},
                {"suppressed", status.suppressed},
                {"stamped", stamped ? Json{{"messages", stamped->messages}, {"newest", time_or_null(stamped->newest)}}
                                    : Json(nullptr)},
                {"outcomes", outcomes},
                {"feeds", feeds},
                {"exports", exports_json(lags)}});
    return ExitStatus::ok;
}

} // namespace

const Command status_command{
    "status",
    "[--json]",
    "the share of complaints with a known recipient, what waits, and the last report of each feed",
    "jmrp status --json | jq .unsettled",
    options,
    run};

} // namespace jmrp::cli
