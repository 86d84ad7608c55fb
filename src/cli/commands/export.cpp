#include <algorithm>
#include <cstdio>

#include "cli/commands/commands.hpp"
#include "cli/exporting.hpp"
#include "cli/json.hpp"
#include "cli/network.hpp"
#include "cli/stop.hpp"
#include "cli/suppression_options.hpp"
#include "handover/command.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

constexpr Option options[] = {
    {"format", "FORMAT", "export once, in this form, without a consumer"},
    {"to", "FILE", "with --format: into this file, in one step; standard output otherwise"},
    {"scope", "SCOPE", "with --format: who is suppressed for this mail; everybody otherwise"},
    {"reason", "REASON[,REASON...]", "with --format: only for these reasons"},
    {"list", "NAME", "with --format: the name of the list, where the form says it"},
    {"since", "CURSOR", "with --format: what changed since then; '0' is the beginning"},
    {"full", nullptr, "everything, whatever the consumer has"},
    {"dry-run", nullptr, "only say what would be written"},
    {"formats", nullptr, "list the forms"},
    json_option,
};

ExitStatus list_formats(const Invocation& invocation) {
    Table table({"format", "to", "for"});
    Json formats = Json::array();
    for (const exports::Format& one : exports::formats()) {
        table.add({one.name, "file", one.purpose});
        formats.push_back({{"format", one.name},
                           {"purpose", one.purpose},
                           {"news_only", one.news_only},
                           {"removals", one.remove != nullptr}});
    }
    Json servers = Json::array();
    for (const exports::Target& one : exports::targets()) {
        table.add({one.name, "server", one.purpose});
        servers.push_back({{"format", one.name}, {"purpose", one.purpose}, {"removals", one.most_removed > 0}});
    }
    if (invocation.json())
        print_json(
            {{"format_version", format_version}, {"formats", std::move(formats)}, {"servers", std::move(servers)}});
    else
        table.print();
    return ExitStatus::ok;
}

/// What did not go out, on standard error.
void warn(const std::string& name, const exports::Totals& totals) {
    if (totals.left_out > 0)
        util::log(util::LogLevel::warning,
                  name + ": " + grouped(totals.left_out) +
                      " left out, which this format cannot carry safely or has no place for; jsonl carries all");
    if (totals.unsaid > 0)
        util::log(util::LogLevel::warning, name + ": " + grouped(totals.unsaid) +
                                               " are not suppressed any more, and this format has no word for it");
    if (totals.refused > 0)
        util::log(util::LogLevel::warning,
                  name + ": " + grouped(totals.refused) + " refused by the server, and not tried again");
}

ExitStatus export_once(const Invocation& invocation) {
    if (!invocation.arguments.empty() || invocation.has("full"))
        throw Fault(FaultKind::usage, "export suppressions", "--format stands alone, without a consumer or --full");
    const handover::Wanted wanted{exports::format_named(*invocation.value("format")),
                                  filter_options(invocation),
                                  {invocation.value("list").value_or("")}};
    const util::Seconds now = util::now();
    store::Store store = open_store(invocation);
    const domain::Cursor until = store.newest_change(now);
    std::optional<domain::Cursor> since;
    if (const auto text = invocation.value("since")) {
        since = domain::parse_cursor(*text);
        if (!since)
            throw Fault(FaultKind::usage, "export suppressions", "'" + util::for_terminal(*text) + "' is no cursor",
                        "an export with --since says the next one on standard error");
    }
    const auto write = [&](const exports::Writer::Sink& sink) {
        return since ? write_changes(store, wanted, *since, until, now, sink)
                     : write_everybody(store, wanted, now, sink);
    };
    exports::Totals totals;
    if (invocation.has("dry-run")) {
        totals = write([](std::string_view) {});
        print_line(grouped(totals.added) + " added, " + grouped(totals.removed) + " removed");
    } else if (const auto to = invocation.value("to")) {
        util::AtomicFile file(*to, 0640);
        totals = write([&](std::string_view bytes) { file.write(bytes); });
        file.commit();
    } else {
        totals = write([](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); });
    }
    warn(wanted.format.name, totals);
    if (since)
        std::fprintf(stderr, "cursor %s\n", until.text().c_str());
    return ExitStatus::ok;
}

std::vector<domain::Consumer> consumers_of(const Invocation& invocation) {
    const std::vector<domain::Consumer>& all = invocation.config.exports;
    if (invocation.arguments.empty()) {
        if (all.empty())
            throw Fault(FaultKind::usage, "export suppressions", "the configuration has no section [export.NAME]",
                        "--format FORMAT exports once");
        return all;
    }
    std::vector<domain::Consumer> out;
    std::vector<std::string> names;
    for (const domain::Consumer& consumer : all)
        names.push_back(consumer.name);
    for (const std::string& name : invocation.arguments) {
        const auto found = std::ranges::find(all, name, &domain::Consumer::name);
        if (found == all.end()) {
            const auto near = util::nearest(name, names);
            throw Fault(FaultKind::usage, "export suppressions",
                        "the configuration has no section [export." + util::for_terminal(name) + "]",
                        near ? "did you mean '" + *near + "'?" : "");
        }
        out.push_back(*found);
    }
    return out;
}

constexpr std::pair<handover::Result, std::string_view> result_names[] = {
    {handover::Result::done, "done"},
    {handover::Result::nothing_new, "nothing-new"},
    {handover::Result::put_off, "put-off"},
    {handover::Result::failed, "failed"},
};

std::string_view text_of(handover::Result result) {
    return std::ranges::find(result_names, result, &std::pair<handover::Result, std::string_view>::first)->second;
}

bool has_server(const domain::Consumer& consumer) {
    return !consumer.server.url.empty();
}

void say_dry(const domain::Consumer& consumer, const handover::Outcome& outcome) {
    const bool batches = has_server(consumer) || !consumer.command.empty();
    const std::string to = has_server(consumer)        ? consumer.server.url
                           : !consumer.command.empty() ? consumer.command.front()
                                                       : consumer.to.string();
    const std::string what =
        outcome.result == handover::Result::nothing_new ? "nothing"
        : outcome.full || (!batches && !exports::format_named(consumer.format).news_only)
            ? grouped(outcome.totals.added) + " suppressions, the whole list"
            : grouped(outcome.totals.added) + " added, " + grouped(outcome.totals.removed) + " removed";
    print_line(consumer.name + ": would write " + what + " to " + to);
}

handover::Outcome hand_over_to(store::Store& store, const Invocation& invocation, const domain::Consumer& consumer,
                               const handover::Wishes& wishes, util::Seconds now, const MakeReceiver& server) {
    const std::filesystem::path& database = invocation.config.database;
    if (has_server(consumer))
        return hand_over_in_batches(store, database, consumer, server(consumer), wishes, now);
    if (!consumer.command.empty()) {
        handover::Receiver program = handover::command_receiver(consumer);
        program.stop = &stop_wanted;
        return hand_over_in_batches(store, database, consumer, program, wishes, now);
    }
    return hand_over(store, database, consumer, wishes, now);
}

[[noreturn]] void export_from_jmrp_net(const Invocation& invocation) {
    std::vector<std::string> line = line_for(invocation, export_command.name);
    for (const char* option : {"full", "dry-run", "json"})
        if (invocation.has(option))
            line.push_back(std::string("--") + option);
    line.insert(line.end(), invocation.arguments.begin(), invocation.arguments.end());
    become(Runs::in_jmrp_net, line);
}

ExitStatus export_to_consumers(const Invocation& invocation, const MakeReceiver& server) {
    for (const char* name : {"to", "scope", "reason", "list", "since"})
        if (invocation.has(name))
            throw Fault(FaultKind::usage, "export suppressions", std::string("--") + name + " goes with --format alone",
                        "what a consumer gets is in its section of the configuration");
    const handover::Wishes wishes{invocation.has("full"), invocation.has("dry-run")};
    const std::vector<domain::Consumer> consumers = consumers_of(invocation);
    if (!server && std::ranges::any_of(consumers, has_server))
        export_from_jmrp_net(invocation);
    stop_on_signals();
    const util::Seconds now = util::now();
    store::Store store = open_store(invocation);
    Json all = Json::array();
    bool all_done = true;
    for (const domain::Consumer& consumer : consumers) {
        if (stop_wanted) {
            all_done = false;
            break;
        }
        const handover::Outcome outcome = hand_over_to(store, invocation, consumer, wishes, now, server);
        const bool waits = outcome.result == handover::Result::put_off || outcome.result == handover::Result::failed;
        all_done = all_done && !waits;
        if (waits)
            util::log(util::LogLevel::error, consumer.name + ": " + outcome.why);
        else if (wishes.dry_run && !invocation.json())
            say_dry(consumer, outcome);
        warn(consumer.name, outcome.totals);
        all.push_back({{"consumer", consumer.name},
                       {"result", text_of(outcome.result)},
                       {"full", outcome.full},
                       {"added", outcome.totals.added},
                       {"removed", outcome.totals.removed},
                       {"left_out", outcome.totals.left_out},
                       {"refused", outcome.totals.refused},
                       {"why", outcome.why.empty() ? Json(nullptr) : Json(outcome.why)}});
    }
    if (!wishes.dry_run)
        store.prune_changes(now);
    if (invocation.json())
        print_json({{"format_version", format_version}, {"exports", std::move(all)}});
    return all_done ? ExitStatus::ok : ExitStatus::try_again;
}

ExitStatus run(const Invocation& invocation) {
    return run_export(invocation, {});
}

} // namespace

ExitStatus run_export(const Invocation& invocation, const MakeReceiver& server) {
    if (invocation.has("formats"))
        return list_formats(invocation);
    return invocation.has("format") ? export_once(invocation) : export_to_consumers(invocation, server);
}

const Command export_command{
    "export",
    "[NAME ...] [--full] [--dry-run] [--json] | --format FORMAT [--to FILE] [--since CURSOR] | --formats",
    "hand the list of suppressions to the programs that send the mail",
    "jmrp export --format csv --to suppressed.csv",
    options,
    run};

} // namespace jmrp::cli
