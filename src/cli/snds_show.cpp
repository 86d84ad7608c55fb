// jmrp snds show: what is kept of SNDS, which days are missing and why.
#include <algorithm>
#include <cstdio>

#include "cli/json.hpp"
#include "cli/snds.hpp"
#include "snds/plan.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::SndsDay;
using domain::SndsOutcome;
using util::Fault;
using util::FaultKind;

/// Why a day is not there.
enum class Missing { not_asked, no_data, failed };
struct MissingDay {
    util::Day day = 0;
    Missing why = Missing::not_asked;
    domain::SndsAsked asked;
};

struct Shown {
    util::Day first_day = 0;
    util::Day last_day = 0;
    std::vector<SndsDay> own, foreign;
    std::vector<MissingDay> missing; ///< of all IPs, the oldest first
    domain::SndsStanding standing;
    std::vector<domain::SndsSource> sources;
    std::vector<domain::SndsDeviation> deviations;
};

Shown look(const Invocation& invocation) {
    const util::Seconds now = util::now();
    const auto count = util::parse_unsigned(invocation.value("days").value_or("30"));
    if (!count || *count < 1 || *count > 100'000)
        throw Fault(FaultKind::usage, "show SNDS", "--days takes a whole number from 1");
    std::optional<domain::Ip> ip;
    if (const auto text = invocation.value("ip")) {
        ip = domain::parse_ip(*text);
        if (!ip)
            throw Fault(FaultKind::usage, "show SNDS", "'" + util::for_terminal(*text) + "' is no IP address");
    }
    Shown out;
    out.last_day = snds::newest_day(now);
    out.first_day = out.last_day - static_cast<util::Day>(*count) + 1;
    store::Store store = open_store(invocation);
    store.in_snapshot([&] {
        for (SndsDay& day : store.snds_days(out.first_day, out.last_day, ip))
            (reputation::is_own(invocation.config.rules.reading.own_networks, day.ip) ? out.own : out.foreign)
                .push_back(std::move(day));
        const auto asked = store.snds_asked(out.first_day, out.last_day);
        for (util::Day day = out.first_day; day <= out.last_day; ++day) {
            const auto found = asked.find(day);
            if (found == asked.end())
                out.missing.push_back({day, Missing::not_asked, {}});
            else if (found->second.outcome != SndsOutcome::rows)
                out.missing.push_back(
                    {day, found->second.outcome == SndsOutcome::failed ? Missing::failed : Missing::no_data,
                     found->second});
        }
        out.standing = store.snds_standing();
        out.sources = store.snds_sources();
        out.deviations = store.snds_deviations(util::Seconds{out.first_day} * 86'400);
    });
    return out;
}

// ---- for programs

Json json_of(const SndsDay& day, bool own) {
    const auto& rate = day.complaint_rate;
    return {{"ip", day.ip.text()},
            {"day", util::iso_day(day.day)},
            {"own", own},
            {"period_start", util::iso8601(day.period_start)},
            {"period_end", util::iso8601(day.period_end)},
            {"rcpt_commands", day.rcpt_commands},
            {"data_commands", day.data_commands},
            {"message_recipients", day.message_recipients},
            {"filter_result", to_text(day.filter_result)},
            {"complaint_rate", rate ? Json{{"lower", rate->lower}, {"upper", rate->upper}} : Json(nullptr)},
            {"trap_hits", day.trap_hits ? Json(*day.trap_hits) : Json(nullptr)},
            {"sample_helo", day.sample_helo},
            {"sample_mail_from", day.sample_mail_from},
            {"comments", day.comments},
            {"disputed", day.disputed}};
}

const char* text_of(Missing why) {
    return why == Missing::not_asked ? "not-asked" : why == Missing::no_data ? "no-data" : "failed";
}

void print_shown(const Shown& shown) {
    Json days = Json::array();
    for (const SndsDay& day : shown.own)
        days.push_back(json_of(day, true));
    for (const SndsDay& day : shown.foreign)
        days.push_back(json_of(day, false));
    Json missing = Json::array();
    for (const MissingDay& one : shown.missing)
        missing.push_back(
            {{"day", util::iso_day(one.day)},
             {"reason", text_of(one.why)},
             {"asked_at", one.why == Missing::not_asked ? Json(nullptr) : Json(util::iso8601(one.asked.at))},
             {"why", one.asked.why.empty() ? Json(nullptr) : Json(one.asked.why)}});
    Json ranges = Json::array();
    for (const domain::SndsStatus& range : shown.standing.ranges)
        ranges.push_back({{"first", range.first.text()},
                          {"last", range.last.text()},
                          {"blocked", range.blocked},
                          {"details", range.details}});
    Json sources = Json::array();
    for (const domain::SndsSource& one : shown.sources)
        sources.push_back({{"source", one.source},
                           {"kind", to_text(one.kind)},
                           {"first_used", util::iso8601(one.first_used)},
                           {"last_tried", util::iso8601(one.last_tried)},
                           {"last_ok", time_or_null(one.last_ok)},
                           {"failures", one.failures},
                           {"last_error", one.failures > 0 ? Json(one.last_error) : Json(nullptr)}});
    Json deviations = Json::array();
    for (const domain::SndsDeviation& one : shown.deviations)
        deviations.push_back({{"source", one.source},
                              {"kind", to_text(one.kind)},
                              {"day", one.day ? Json(util::iso_day(*one.day)) : Json(nullptr)},
                              {"at", util::iso8601(one.at)},
                              {"other_columns", one.drifted},
                              {"refused_rows", one.refused},
                              {"first_refused", one.refused > 0 ? Json(one.first_refused) : Json(nullptr)}});
    print_json({{"format_version", format_version},
                {"first_day", util::iso_day(shown.first_day)},
                {"last_day", util::iso_day(shown.last_day)},
                {"days", std::move(days)},
                {"missing", std::move(missing)},
                {"standing", {{"at", time_or_null(shown.standing.at)}, {"ranges", std::move(ranges)}}},
                {"sources", std::move(sources)},
                {"deviations", std::move(deviations)}});
}

// ---- for people

std::string percent(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

std::string rate_text(const std::optional<domain::RateBounds>& rate) {
    if (!rate)
        return "not told";
    if (rate->lower == rate->upper)
        return percent(rate->lower) + " %";
    return rate->lower == 0 ? "< " + percent(rate->upper) + " %"
                            : percent(rate->lower) + " to " + percent(rate->upper) + " %";
}

void show_days(const std::vector<SndsDay>& days) {
    Table table({"IP", "day", ">recipients", ">RCPT", ">DATA", "filter", ">complaints", ">traps", "note"});
    for (const SndsDay& day : days)
        table.add({day.ip.text(), util::iso_day(day.day), grouped(day.message_recipients), grouped(day.rcpt_commands),
                   grouped(day.data_commands), std::string(to_text(day.filter_result)), rate_text(day.complaint_rate),
                   day.trap_hits ? grouped(*day.trap_hits) : "-",
                   (day.disputed ? "sources differ; the worse " : "") + day.comments});
    table.print();
}

/// "2026-11-20", "2026-11-20 to 2026-11-22", ...
std::string spans(const std::vector<util::Day>& days) {
    std::string out;
    for (std::size_t i = 0; i < days.size();) {
        std::size_t last = i;
        while (last + 1 < days.size() && days[last + 1] == days[last] + 1)
            ++last;
        out += (out.empty() ? "" : ", ") + util::iso_day(days[i]) +
               (last > i ? " to " + util::iso_day(days[last]) : std::string());
        i = last + 1;
    }
    return out;
}

void show_missing(const Shown& shown) {
    constexpr std::pair<Missing, const char*> reasons[] = {
        {Missing::no_data, "No data (under 100 messages, or not yet published): "},
        {Missing::not_asked, "Never asked for: "},
        {Missing::failed, "Asked for, and it failed: "}};
    for (const auto& [why, text] : reasons) {
        std::vector<util::Day> days;
        std::string last_error;
        for (const MissingDay& one : shown.missing)
            if (one.why == why) {
                days.push_back(one.day);
                last_error = one.asked.why;
            }
        if (!days.empty())
            print_line(text + spans(days) + (last_error.empty() ? "" : "; " + util::for_terminal(last_error, 500)));
    }
}

void show_standing(const domain::SndsStanding& standing) {
    if (!standing.at) {
        print_line("The standing of your IPs was never told.");
        return;
    }
    const std::string as_of = " as of " + short_time(*standing.at);
    if (standing.ranges.empty()) {
        print_line("No IP is listed as blocked or junked," + as_of + ".");
        return;
    }
    print_line("Blocked or junked" + as_of + ":");
    Table table({"first", "last", "standing", "details"});
    for (const domain::SndsStatus& range : standing.ranges)
        table.add({range.first.text(), range.last.text(), range.blocked ? "blocked" : "junked", range.details});
    table.print();
}

void show_troubles(const Shown& shown) {
    for (const domain::SndsSource& one : shown.sources)
        if (one.failures > 0)
            print_line(util::for_terminal(one.source) + " (" + std::string(to_text(one.kind)) + ") fails since " +
                       (one.last_ok ? short_time(*one.last_ok) : std::string("it is used")) + ": " +
                       util::for_terminal(one.last_error, 500));
    for (const domain::SndsDeviation& one : shown.deviations)
        print_line("An answer of " + util::for_terminal(one.source) + " from " + short_time(one.at) +
                   (one.drifted ? " has other columns than this version of jmrp knows" : " is not wholly read") +
                   (one.refused > 0 ? ": " + grouped(one.refused) + " rows are not used, " +
                                          util::for_terminal(one.first_refused, 500)
                                    : std::string()));
}

} // namespace

ExitStatus show_snds(const Invocation& invocation) {
    const Shown shown = look(invocation);
    if (invocation.json()) {
        print_shown(shown);
        return ExitStatus::ok;
    }
    if (shown.own.empty())
        print_line("No row of an IP of yours from " + util::iso_day(shown.first_day) + " to " +
                   util::iso_day(shown.last_day) + ": unknown, which is not clean.");
    else
        show_days(shown.own);
    print_line("");
    show_standing(shown.standing);
    show_missing(shown);
    show_troubles(shown);
    if (!shown.foreign.empty()) {
        print_line("\nIPs in the same ranges that own.networks does not name as yours:");
        show_days(shown.foreign);
    }
    return ExitStatus::ok;
}

} // namespace jmrp::cli
