#include "cli/snds.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/network.hpp"
#include "cli/output.hpp"
#include "ingest/snds.hpp"
#include "traffic/time_stamp.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

constexpr Option options[] = {
    {"status", nullptr, "import: the standing of IPs, where a file cannot be told from data"},
    {"day", "DAY", "import: the day that the file was asked for, 2026-11-22; else its rows say it"},
    {"timezone", "ZONE", "import: of the dates in the file, UTC or +HHMM; else what snds.timezone says"},
    {"ip", "IP", "show: only this IP"},
    {"days", "N", "show: the last N days; else 30"},
    {"paste", nullptr, "login: the browser is on another host; its address is pasted here"},
    json_option,
};

constexpr const char* verbs[] = {"import", "show", "fetch", "login"};

util::Seconds zone_of(const Invocation& invocation) {
    const auto text = invocation.value("timezone");
    if (!text)
        return invocation.config.snds.zone;
    const auto zone = traffic::parse_zone(*text);
    if (!zone || zone->local)
        throw Fault(FaultKind::usage, "read the option --timezone",
                    "'" + util::for_terminal(*text) + "' is neither UTC nor +HHMM");
    return zone->offset_seconds;
}

std::optional<util::Day> day_of(const Invocation& invocation) {
    const auto text = invocation.value("day");
    if (!text)
        return std::nullopt;
    const auto day = util::parse_iso_day(*text);
    if (!day)
        throw Fault(FaultKind::usage, "read the option --day", "'" + util::for_terminal(*text) + "' is no day",
                    "it is written 2026-11-22");
    return day;
}

std::string bytes_of(const std::string& file) {
    const util::BoundedBytes read = file == "-" ? util::read_to_end(STDIN_FILENO, snds::most_bytes, "standard input")
                                                : util::read_file(file, snds::most_bytes);
    if (read.truncated)
        throw Fault(FaultKind::damaged, "read " + file, "it is longer than anything that SNDS answer",
                    "at most 4 MiB are read");
    return read.bytes;
}

/// At most the first ones are told.
void tell_refused(const std::string& file, const std::vector<snds::Refused>& refused) {
    constexpr std::size_t most = 20;
    for (std::size_t i = 0; i < std::min(most, refused.size()); ++i)
        util::log(util::LogLevel::warning,
                  file + " line " + std::to_string(refused[i].line) + " is not used: " + refused[i].reason);
    if (refused.size() > most)
        util::log(util::LogLevel::warning, file + ": nor are " + std::to_string(refused.size() - most) + " more lines");
}

void tell_kept(const Invocation& invocation, const std::string& file, const domain::SndsAnswer& answer) {
    if (invocation.quiet || (!invocation.verbose && ::isatty(STDERR_FILENO) != 1))
        return;
    const std::string what = answer.kind == domain::SndsKind::status
                                 ? grouped(static_cast<std::int64_t>(answer.ranges.size())) + " ranges with a standing"
                                 : grouped(static_cast<std::int64_t>(answer.days.size())) + " rows of days";
    std::fprintf(stderr, "%s: %s\n", util::for_terminal(file).c_str(), what.c_str());
}

/// Throws Fault where nothing of it can be used; then nothing is kept.
Json import_one(const Invocation& invocation, store::Store& store, const std::string& file) {
    domain::SndsAnswer answer;
    answer.source = "import";
    answer.day = day_of(invocation);
    answer.zone = zone_of(invocation);
    answer.at = util::now();
    answer.raw = bytes_of(file);
    answer.kind = invocation.has("status") ? domain::SndsKind::status : ingest::kind_of_snds(*answer.raw);
    if (answer.kind == domain::SndsKind::status)
        answer.day.reset();
    const std::vector<snds::Refused> refused = ingest::read_snds(answer);
    if (answer.outcome == domain::SndsOutcome::failed)
        throw Fault(FaultKind::damaged, "import " + file, answer.why,
                    refused.empty() ? "make a new link on the page of SNDS, or sign in, and save it again"
                                    : answer.first_refused);
    if (answer.outcome == domain::SndsOutcome::no_data && answer.kind == domain::SndsKind::data && !answer.day)
        throw Fault(FaultKind::usage, "import " + file, "it is empty, and does not say of what",
                    "--day says which day has no data, --status that no IP has a standing");
    tell_refused(file, refused);
    if (answer.drifted)
        util::log(util::LogLevel::warning, file + " has other columns than this version of jmrp knows");
    store.keep_snds(answer);
    tell_kept(invocation, file, answer);
    Json lines = Json::array();
    for (const snds::Refused& one : refused)
        lines.push_back({{"line", one.line}, {"reason", one.reason}});
    return {{"file", file},
            {"kind", to_text(answer.kind)},
            {"rows", answer.days.size() + answer.ranges.size()},
            {"other_columns", answer.drifted},
            {"refused", std::move(lines)}};
}

} // namespace

ExitStatus import_snds(const Invocation& invocation, const std::vector<std::string>& files) {
    if (files.empty())
        throw Fault(FaultKind::usage, "import from SNDS", "no file was named", "'-' is standard input");
    if (files.size() > 1 && invocation.has("day"))
        throw Fault(FaultKind::usage, "import from SNDS", "--day goes with one file");
    store::Store store = open_store(invocation);
    ExitStatus status = ExitStatus::ok;
    Json all = Json::array();
    for (const std::string& file : files) {
        try {
            all.push_back(import_one(invocation, store, file));
        } catch (const Fault& fault) {
            if (files.size() == 1)
                throw;
            util::log(util::LogLevel::error, fault.what());
            status = status_for(fault.kind());
        }
    }
    store.prune_snds(util::now() - util::Seconds{invocation.config.snds.retention_days} * 86'400);
    if (invocation.json())
        print_json({{"format_version", format_version}, {"files", std::move(all)}});
    return status;
}

reputation::SndsObserved observe_snds(const Config& config, store::Store& store, util::Seconds now) {
    constexpr util::Day observed_days = 30;
    constexpr util::Seconds recent = util::Seconds{7} * 86'400;
    const util::Day today = util::day_of(now);
    reputation::SndsObserved out;
    std::error_code error;
    out.has_links = !config.snds.data_link.empty() || !config.snds.status_link.empty();
    out.signed_in = std::filesystem::exists(config.snds.token_file, error);
    out.sources = store.snds_sources();
    out.days = store.snds_days(today - observed_days, today);
    out.standing = store.snds_standing();
    out.deviations = store.snds_deviations(now - recent);
    out.own = config.rules.reading.own_networks;
    out.access_since = config.snds.access_since;
    out.now = now;
    store::TrafficQuery sent;
    sent.provider = "outlook.com";
    sent.first_day = today - observed_days;
    if (out.has_links || out.signed_in || !out.sources.empty())
        for (const store::TrafficRow& row : store.traffic(sent))
            if (const auto ip = domain::parse_ip(row.name))
                out.sent.push_back({*ip, row.day, row.accepted});
    return out;
}

ExitStatus run_snds(const Invocation& invocation, std::initializer_list<SndsVerb> network) {
    std::vector<std::string> arguments = invocation.arguments;
    const std::string verb = take_verb(arguments, verbs);
    if (verb == "import")
        return import_snds(invocation, arguments);
    expect_arguments(arguments, 0, "no further arguments");
    if (verb == "show")
        return show_snds(invocation);
    for (const SndsVerb& one : network)
        if (one.name == verb)
            return one.run(invocation);
    std::vector<std::string> line = line_for(invocation, "snds");
    for (const char* option : {"paste", "json"})
        if (invocation.has(option))
            line.push_back(std::string("--") + option);
    line.push_back(verb);
    become(Runs::in_jmrp_net, line);
}

namespace {

ExitStatus run(const Invocation& invocation) {
    return run_snds(invocation, {});
}

} // namespace

const Command snds_command{"snds",
                           "show [--ip IP] [--days N] | import FILE ... | - | fetch | login [--paste]",
                           "what Microsoft's Smart Network Data Services say of your IPs",
                           "jmrp snds import data.csv && jmrp snds show --days 7",
                           options,
                           run};

} // namespace jmrp::cli
