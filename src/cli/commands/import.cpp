#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/settling.hpp"
#include "cli/stop.hpp"
#include "ingest/import_counts.hpp"
#include "ingest/import_sent.hpp"
#include "ingest/prove_bounces.hpp"
#include "store/send_log.hpp"
#include "util/clock.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"format", "FORMAT", "what wrote the log: postfix (the default), exim, csv, kumomta or powermta"},
    {"timezone", "ZONE", "of times that name none: local (the default), UTC or +HHMM"},
    {"year", "YEAR", "in which the log begins, where its times have no year and its file's date misleads"},
    {"source", "NAME", "traffic --format csv: who counted; what it said before of the same day is replaced (csv)"},
    json_option,
};

const traffic::Format& format_of(const Invocation& invocation) {
    const std::string wanted = invocation.value("format").value_or("postfix");
    if (const traffic::Format* format = traffic::find_format(wanted))
        return *format;
    std::string names;
    std::vector<std::string> all;
    for (const traffic::Format& format : traffic::formats()) {
        names += (names.empty() ? "" : ", ") + std::string(format.name);
        all.emplace_back(format.name);
    }
    const auto near = util::nearest(wanted, all);
    throw util::Fault(util::FaultKind::usage, "read the logs",
                      "there is no format '" + util::for_terminal(wanted) + "', there are " + names,
                      near ? "did you mean '" + *near + "'?" : "");
}

traffic::Context context_of(const Invocation& invocation) {
    traffic::Context context;
    context.source_ips = invocation.config.send_log.source_ips;
    context.providers = invocation.config.send_log.providers;
    if (const auto text = invocation.value("timezone")) {
        const auto zone = traffic::parse_zone(*text);
        if (!zone)
            throw util::Fault(util::FaultKind::usage, "read the option --timezone",
                              "'" + util::for_terminal(*text) + "' is none of local, UTC and +HHMM");
        context.zone = *zone;
    }
    if (const auto text = invocation.value("year")) {
        const auto year = util::parse_unsigned(*text);
        if (!year || *year < 1970 || *year > 9999)
            throw util::Fault(util::FaultKind::usage, "read the option --year",
                              "'" + util::for_terminal(*text) + "' is no year");
        context.year = static_cast<int>(*year);
    }
    return context;
}

void print_summary(const ingest::SentTotals& totals) {
    Json troubles = Json::array();
    for (const auto& [kind, trouble] : totals.troubles)
        troubles.push_back({{"kind", kind}, {"lines", trouble.lines}, {"first", trouble.first}});
    print_json({{"format_version", format_version},
                {"lines", totals.lines},
                {"new", totals.fresh},
                {"known", totals.known},
                {"too_old", totals.too_old},
                {"expired", totals.expired},
                {"stopped", totals.stopped},
                {"not_understood", std::move(troubles)}});
}

void tell(const Invocation& invocation, const ingest::SentTotals& totals) {
    if (invocation.quiet || (!invocation.verbose && ::isatty(STDERR_FILENO) != 1))
        return;
    const auto number = [](std::uint64_t value) { return grouped(static_cast<std::int64_t>(value)); };
    std::string text = number(totals.lines) + " lines, " + number(totals.fresh) + " new deliveries";
    for (const auto& [count, what] :
         {std::pair{totals.known, " known before"}, std::pair{totals.too_old, " older than the retention"},
          std::pair{totals.expired, " expired"}})
        if (count > 0)
            text += ", " + number(count) + what;
    if (totals.stopped)
        text += "; stopped, run it again to go on";
    std::fprintf(stderr, "%s\n", text.c_str());
    for (const auto& [kind, trouble] : totals.troubles)
        std::fprintf(stderr, "%s lines not understood: %s (first: %s)\n", number(trouble.lines).c_str(), kind.c_str(),
                     util::for_terminal(trouble.first).c_str());
}

/// What the log that was just read proves. Without a database there is no bounce.
ExitStatus settle_bounces(const Invocation& invocation) {
    std::error_code error;
    if (!std::filesystem::exists(invocation.config.database, error))
        return ExitStatus::ok;
    std::size_t proven = 0;
    {
        store::Store store = open_store(invocation);
        proven =
            ingest::prove_bounces(store, *store::open_send_log(store_options(invocation)), util::now(), stop_wanted);
    }
    return proven == 0 ? ExitStatus::ok : supervised([&] { return settle_queue(invocation); });
}

ExitStatus import_sent(const Invocation& invocation, const std::vector<std::string>& files) {
    const ingest::SentRules rules{&format_of(invocation), context_of(invocation),
                                  invocation.config.send_log.retention_days, &invocation.config.rules.reading};
    stop_on_signals();
    ingest::SentTotals totals;
    {
        ProgressLine progress(!invocation.quiet);
        totals = ingest::import_sent(store_options(invocation), files, rules, stop_wanted,
                                     [&](const ingest::Progress& step) { progress.show(step); });
    }
    if (invocation.json())
        print_summary(totals);
    else
        tell(invocation, totals);
    if (totals.stopped)
        return ExitStatus::try_again;
    return totals.fresh > 0 ? settle_bounces(invocation) : ExitStatus::ok;
}

/// Who counted.
std::string source_of(const Invocation& invocation) {
    std::string name = invocation.value("source").value_or("csv");
    if (name.empty() || name.size() > 64 || std::any_of(name.begin(), name.end(), [](char c) {
            return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F;
        }))
        throw util::Fault(util::FaultKind::usage, "read the option --source",
                          "'" + util::for_terminal(name) + "' is no name: 1 to 64 letters, digits and signs");
    return name;
}

ExitStatus import_counts(const Invocation& invocation, const std::vector<std::string>& files) {
    ingest::CountRules rules{source_of(invocation), context_of(invocation)};
    rules.context.latest = util::now();
    stop_on_signals();
    store::Store store = open_store(invocation);
    ingest::CountTotals totals;
    {
        ProgressLine progress(!invocation.quiet);
        totals = ingest::import_counts(store, files, rules, stop_wanted,
                                       [&](const ingest::Progress& step) { progress.show(step); });
    }
    const auto& [fresh, changed, known] = totals.kept;
    if (invocation.json())
        print_json({{"format_version", format_version},
                    {"rows", totals.rows},
                    {"new", fresh},
                    {"changed", changed},
                    {"known", known},
                    {"rejected", totals.rejected},
                    {"stopped", totals.stopped}});
    for (const auto& [where, why] : totals.first_rejected)
        util::log(util::LogLevel::warning, where + ": " + why);
    if (totals.rejected > 0)
        util::log(util::LogLevel::warning,
                  grouped(static_cast<std::int64_t>(totals.rejected)) + " row(s) cannot be used, " +
                      grouped(static_cast<std::int64_t>(fresh + changed + known)) + " were used");
    if (totals.stopped)
        return ExitStatus::try_again;
    return totals.rejected > 0 ? ExitStatus::bad_input : ExitStatus::ok;
}

ExitStatus run(const Invocation& invocation) {
    static constexpr const char* verbs[] = {"sent", "traffic"};
    std::vector<std::string> arguments = invocation.arguments;
    const std::string verb = take_verb(arguments, verbs);
    const bool counts = verb == "traffic" && invocation.value("format") == "csv";
    if (arguments.empty())
        throw util::Fault(util::FaultKind::usage, "read logs", "none was named", "'-' is standard input");
    if (invocation.has("source") && !counts)
        throw util::Fault(util::FaultKind::usage, "read logs", "--source is of 'import traffic --format csv' alone");
    return counts ? import_counts(invocation, arguments) : import_sent(invocation, arguments);
}

} // namespace

const Command import_command{"import",
                             "sent|traffic [--format postfix|exim|csv|kumomta|powermta] FILE ... | -",
                             "read logs of mail servers: who got what, and how much was sent (one pass for both)",
                             "jmrp import sent /var/log/mail.log.1 /var/log/mail.log",
                             options,
                             run};

} // namespace jmrp::cli
