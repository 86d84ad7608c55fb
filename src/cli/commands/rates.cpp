#include <map>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"ip", "IP", "only this source IP"},
    {"days", "N", "the last N days, today included; else 30"},
    {"by", "DAY", "'report' (the day the report came, the default) or 'arrival' (the day the reported mail arrived)"},
    json_option,
};

store::RateQuery query_from(const Invocation& invocation) {
    using util::Fault;
    using util::FaultKind;
    store::RateQuery query;
    if (const auto text = invocation.value("ip")) {
        const auto ip = domain::parse_ip(*text);
        if (!ip)
            throw Fault(FaultKind::usage, "show the rates", "'" + util::for_terminal(*text) + "' is no IP address");
        query.source_ip = ip->text();
    }
    const auto days = util::parse_unsigned(invocation.value("days").value_or("30"));
    if (!days || *days < 1 || *days > 100'000)
        throw Fault(FaultKind::usage, "show the rates", "--days takes a whole number from 1");
    query.last_day = util::day_of(util::now());
    query.first_day = *query.last_day - static_cast<util::Day>(*days) + 1;
    const std::string by = invocation.value("by").value_or("report");
    if (by != "report" && by != "arrival")
        throw Fault(FaultKind::usage, "show the rates", "--by takes 'report' or 'arrival'");
    query.by = by == "arrival" ? store::DayKind::arrival : store::DayKind::report;
    return query;
}

std::string shown_ip(const std::string& ip) {
    return ip.empty() ? "unknown" : ip;
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    const store::RateQuery query = query_from(invocation);
    const std::vector<store::RateRow> rows = open_store(invocation).rates(query);
    std::map<std::string, store::RateRow> totals;
    store::RateRow all;
    for (const store::RateRow& row : rows)
        for (store::RateRow* sum : {&totals[row.source_ip], &all}) {
            sum->reports += row.reports;
            sum->complaints += row.complaints;
            sum->attributed += row.attributed;
            sum->unverified += row.unverified;
        }
    if (invocation.json()) {
        const auto fields = [](const store::RateRow& row) {
            return Json{{"reports", row.reports},
                        {"complaints", row.complaints},
                        {"attributed", row.attributed},
                        {"unverified", row.unverified}};
        };
        Json by_ip = Json::array();
        for (const auto& [ip, total] : totals) {
            Json entry{{"source_ip", ip.empty() ? Json(nullptr) : Json(ip)}};
            entry.update(fields(total));
            Json days = Json::array();
            for (const store::RateRow& row : rows)
                if (row.source_ip == ip) {
                    Json day{{"day", util::iso_day(row.day)}};
                    day.update(fields(row));
                    days.push_back(std::move(day));
                }
            entry["days"] = std::move(days);
            by_ip.push_back(std::move(entry));
        }
        Json out{{"format_version", format_version},
                 {"by", query.by == store::DayKind::arrival ? "arrival" : "report"},
                 {"first_day", util::iso_day(*query.first_day)},
                 {"last_day", util::iso_day(*query.last_day)},
                 {"total", fields(all)},
                 {"source_ips", std::move(by_ip)}};
        print_json(out);
        return ExitStatus::ok;
    }
    Table table({"source IP", "day", ">complaints", ">reports", ">recipient known", ">unverified"});
    for (const store::RateRow& row : rows)
        table.add({shown_ip(row.source_ip), util::iso_day(row.day), grouped(row.complaints), grouped(row.reports),
                   grouped(row.attributed), grouped(row.unverified)});
    for (const auto& [ip, total] : totals)
        table.add({shown_ip(ip), "total", grouped(total.complaints), grouped(total.reports), grouped(total.attributed),
                   grouped(total.unverified)});
    if (table.empty()) {
        print_line("No complaints from " + util::iso_day(*query.first_day) + " to " + util::iso_day(*query.last_day) +
                   ". That is no proof of a clean IP: 'jmrp status' tells when the last report came.");
        return ExitStatus::ok;
    }
    table.add({"all", "total", grouped(all.complaints), grouped(all.reports), grouped(all.attributed),
               grouped(all.unverified)});
    table.print();
    return ExitStatus::ok;
}

} // namespace

const Command rates_command{"rates",
                            "[--ip IP] [--days N] [--by report|arrival] [--json]",
                            "complaints per source IP and day, and totals",
                            "jmrp rates --ip 192.0.2.10 --days 7",
                            options,
                            run};

} // namespace jmrp::cli
