#include <algorithm>
#include <map>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/leaks.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"days", "N", "complaints received in the last N days, today included; else 30"},
    {"ip", "IP", "only mail from this source IP"},
    json_option,
};

struct Query {
    int days = 30;
    std::optional<std::string> ip;
};

Query query_from(const Invocation& invocation) {
    using util::Fault;
    using util::FaultKind;
    Query out;
    if (const auto text = invocation.value("ip")) {
        const auto ip = domain::parse_ip(*text);
        if (!ip)
            throw Fault(FaultKind::usage, "look for leaks", "'" + util::for_terminal(*text) + "' is no IP address");
        out.ip = ip->text();
    }
    const auto days = util::parse_unsigned(invocation.value("days").value_or("30"));
    if (!days || *days < 1 || *days > 400)
        throw Fault(FaultKind::usage, "look for leaks", "--days takes a whole number from 1 to 400",
                    "it is not remembered for longer who was exported when");
    out.days = static_cast<int>(*days);
    return out;
}

struct Found {
    std::vector<domain::Leak> leaks; ///< with a time of sending, the latest first
    domain::LeakCount count;
    std::map<std::string, domain::LeakCount> by_ip; ///< "" where no report said it
};

Found find_leaks(const Invocation& invocation, const Query& query) {
    Found out;
    store::Store store = open_store(invocation);
    for_each_leak(store, invocation.config, query.days, util::now(), [&](const domain::Leak& leak) {
        if (query.ip && leak.complaint.source_ip != *query.ip)
            return;
        add_to(out.count, leak);
        if (!leak.complaint.sent_at)
            return;
        add_to(out.by_ip[leak.complaint.source_ip], leak);
        out.leaks.push_back(leak);
    });
    std::ranges::stable_sort(out.leaks, std::ranges::greater{},
                             [](const domain::Leak& leak) { return *leak.complaint.sent_at; });
    return out;
}

Json counts(const domain::LeakCount& count) {
    return {{"leaks", count.certain}, {"unverified", count.unverified}};
}

Json as_json(const domain::Leak& leak) {
    const domain::RepeatedComplaint& complaint = leak.complaint;
    Json exports = Json::array();
    for (const domain::Leak::Export& one : leak.exports)
        exports.push_back({{"consumer", one.consumer},
                           {"suppressed_at", util::iso8601(one.suppressed_at)},
                           {"exported_at", util::iso8601(one.exported_at)}});
    const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    return {{"address", leak.address},
            {"source_ip", text_or_null(complaint.source_ip)},
            {"sent_at", time_or_null(complaint.sent_at)},
            {"sent_from", to_text(complaint.sent_from)},
            {"certain", complaint.certain},
            {"reported_message_id", text_or_null(complaint.reported_message_id)},
            {"message", complaint.message_id},
            {"received_at", util::iso8601(complaint.received_at)},
            {"exports", std::move(exports)}};
}

void print_found_json(const Found& found, const Query& query) {
    Json leaks = Json::array();
    for (const domain::Leak& leak : found.leaks)
        leaks.push_back(as_json(leak));
    Json by_ip = Json::array();
    for (const auto& [ip, count] : found.by_ip) {
        Json row{{"source_ip", ip.empty() ? Json(nullptr) : Json(ip)}};
        row.update(counts(count));
        by_ip.push_back(std::move(row));
    }
    Json by_consumer = Json::array();
    for (const auto& [consumer, count] : found.count.by_consumer)
        by_consumer.push_back({{"consumer", consumer}, {"leaks", count}});
    Json total = counts(found.count);
    total["undated"] = found.count.undated;
    print_json({{"format_version", format_version},
                {"days", query.days},
                {"total", std::move(total)},
                {"by_source_ip", std::move(by_ip)},
                {"by_consumer", std::move(by_consumer)},
                {"leaks", std::move(leaks)}});
}

std::string shown_ip(const std::string& ip) {
    return ip.empty() ? "unknown" : ip;
}

void print_found(const Found& found, const Query& query, bool has_exports) {
    const domain::LeakCount& count = found.count;
    const std::string undated = count.undated == 0
                                    ? ""
                                    : grouped(count.undated) +
                                          " more complaints of people on the list do not tell when the mail "
                                          "was sent.";
    if (found.leaks.empty()) {
        print_line(!has_exports ? "No export is configured: nobody has the list who could ignore it."
                                : "No complaint of the last " + std::to_string(query.days) +
                                      " days is about mail that was sent to somebody exported as suppressed.");
        if (!undated.empty())
            print_line(undated);
        return;
    }
    Table table({"mail sent", "source IP", "address", "suppressed", "exported", "consumer", "proof", ">report"});
    for (const domain::Leak& leak : found.leaks) {
        const domain::RepeatedComplaint& complaint = leak.complaint;
        std::string consumers;
        for (const domain::Leak::Export& one : leak.exports)
            consumers += (consumers.empty() ? "" : ", ") + one.consumer;
        table.add({short_time(*complaint.sent_at), shown_ip(complaint.source_ip), leak.address,
                   short_time(leak.exports.front().suppressed_at), short_time(leak.exports.front().exported_at),
                   consumers, complaint.certain ? std::string(to_text(complaint.sent_from)) : "held",
                   std::to_string(complaint.message_id)});
    }
    table.print();
    std::string ips;
    for (const auto& [ip, of_ip] : found.by_ip)
        if (of_ip.certain > 0)
            ips += (ips.empty() ? "" : ", ") + shown_ip(ip) + " " + grouped(of_ip.certain);
    print_line(grouped(count.certain) + (count.certain == 1 ? " leak" : " leaks") + (ips.empty() ? "" : ": " + ips) +
               (count.unverified == 0 ? "" : "; " + grouped(count.unverified) + " told by reports that are held"));
    if (!undated.empty())
        print_line(undated);
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    const Query query = query_from(invocation);
    const Found found = find_leaks(invocation, query);
    if (invocation.json())
        print_found_json(found, query);
    else
        print_found(found, query, !invocation.config.exports.empty());
    return found.count.certain > 0 ? ExitStatus::warning : ExitStatus::ok;
}

} // namespace

const Command leaks_command{"leaks",
                            "[--days N] [--ip IP] [--json]",
                            "mail that went to people whom an export had as suppressed; exit status 1: there was some",
                            "jmrp leaks --days 7",
                            options,
                            run};

} // namespace jmrp::cli
