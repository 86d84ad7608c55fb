#include "publish/prometheus.hpp"

#include <cstdio>

#include "util/text.hpp"

namespace jmrp::publish {

std::string prometheus_label(std::string_view value) {
    std::string out;
    for (const char c : util::to_valid_utf8(value)) {
        if (c == '\\' || c == '"')
            out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

namespace {

using domain::to_text;
using Day = domain::SndsDay;

struct Label {
    const char* name;
    std::string value;
};

struct Sample {
    std::vector<Label> labels;
    double value = 0;
};
using Samples = std::vector<Sample>;

Samples one(double value) {
    return {{{}, value}};
}
Samples one(std::int64_t value) {
    return one(static_cast<double>(value));
}

/// One sample a row, of those rows that have the value.
template <typename Rows, typename Value>
Samples for_each(const Rows& rows, const char* label, Value value) {
    Samples out;
    for (const auto& row : rows)
        if (const std::optional<double> number = value(row))
            out.push_back({{{label, row.name}}, *number});
    return out;
}

template <typename Number>
std::optional<double> number_in(const std::optional<Number>& value) {
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

template <typename Value>
Samples of_source_ips(const Overview& overview, Value value) {
    Samples out;
    for (const SourceIp& row : overview.source_ips)
        if (const std::optional<double> number = value(row))
            out.push_back({{{"source_ip", row.source_ip}, {"days", std::to_string(overview.window_days)}}, *number});
    return out;
}

Samples held(const Overview& overview) {
    Samples out;
    for (const auto& [reason, name] : domain::Names<domain::Hold>::table) {
        double reports = 0;
        for (const domain::Backlog::Held& held : overview.backlog.held)
            reports += held.reason == reason ? static_cast<double>(held.reports) : 0;
        out.push_back({{{"reason", std::string(name)}}, reports});
    }
    return out;
}

Samples leaks(const Overview& overview) {
    Samples out;
    const domain::LeakCount& count = overview.leaks;
    for (const auto& [proof, number] : {std::pair{"certain", count.certain}, std::pair{"unverified", count.unverified},
                                        std::pair{"undated", count.undated}})
        out.push_back(
            {{{"proof", proof}, {"days", std::to_string(overview.window_days)}}, static_cast<double>(number)});
    return out;
}

/// Of the newest day that SNDS tell of each IP; `value` may give nothing.
template <typename Value>
Samples of_snds(const Overview& overview, Value value) {
    Samples out;
    for (const SourceIp& row : overview.source_ips)
        if (row.snds)
            if (const std::optional<double> number = value(*row.snds))
                out.push_back({{{"source_ip", row.source_ip}}, *number});
    return out;
}

Samples snds_filter_results(const Overview& overview) {
    Samples out;
    for (const SourceIp& row : overview.source_ips)
        if (row.snds)
            out.push_back(
                {{{"source_ip", row.source_ip}, {"result", std::string(to_text(row.snds->filter_result))}}, 1});
    return out;
}

Samples snds_blocked(const Overview& overview) {
    Samples out;
    for (const domain::SndsStatus& range : overview.snds_ranges)
        out.push_back(
            {{{"range_start", range.first.text()}, {"range_end", range.last.text()}}, range.blocked ? 1.0 : 0.0});
    return out;
}

Samples snds_fetches(const Overview& overview) {
    Samples out;
    for (const domain::SndsSource& one : overview.snds_sources)
        if (one.last_ok)
            out.push_back({{{"source", one.source}, {"kind", std::string(to_text(one.kind))}},
                           static_cast<double>(*one.last_ok)});
    return out;
}

Samples block_states(const Overview& overview) {
    Samples out;
    for (const Block& one : overview.blocks)
        out.push_back({{{"source_ip", one.source_ip}, {"list", one.list}, {"state", one.state}}, 1});
    return out;
}

constexpr double percent = 100;

Samples attributed(const Overview& overview) {
    Samples out;
    for (const Feed& feed : overview.feeds)
        if (feed.complaints > 0)
            out.push_back({{{"feed", feed.name}, {"days", std::to_string(overview.window_days)}},
                           static_cast<double>(feed.attributed) / static_cast<double>(feed.complaints)});
    return out;
}

/// All are gauges: what there is, and not what was counted since some start.
struct Metric {
    const char* name;
    const char* help; ///< without backslashes and line ends
    Samples (*samples)(const Overview& overview);
};

constexpr Metric metrics[] = {
    {"jmrp_build_info", "The program that wrote this.",
     [](const Overview& o) -> Samples {
         return {{{{"version", o.version}}, 1}};
     }},
    {"jmrp_complaints", "Complaints about mail that a source IP sent in the last days.",
     [](const Overview& o) {
         return of_source_ips(o,
                              [](const SourceIp& row) { return std::optional(static_cast<double>(row.complaints)); });
     }},
    {"jmrp_accepted_messages", "Mails of a source IP that the providers of [rates] accepted in the last days.",
     [](const Overview& o) { return of_source_ips(o, [](const SourceIp& row) { return number_in(row.accepted); }); }},
    {"jmrp_complaint_ratio_lower", "Complaints of accepted mails, 0 to 1: the lower end of the interval.",
     [](const Overview& o) {
         return of_source_ips(o, [](const SourceIp& row) {
             return row.complaint_ratio ? std::optional(row.complaint_ratio->lower) : std::nullopt;
         });
     }},
    {"jmrp_complaint_ratio_upper", "Complaints of accepted mails, 0 to 1: the upper end of the interval.",
     [](const Overview& o) {
         return of_source_ips(o, [](const SourceIp& row) {
             return row.complaint_ratio ? std::optional(row.complaint_ratio->upper) : std::nullopt;
         });
     }},
    {"jmrp_attributed_ratio", "Complaints of a feed whose recipient is known, of all in the last days.", attributed},
    {"jmrp_feed_last_report_timestamp_seconds", "When the last feedback report of a feed came.",
     [](const Overview& o) {
         return for_each(o.feeds, "feed", [](const Feed& feed) { return number_in(feed.last_report_at); });
     }},
    {"jmrp_feed_last_poll_timestamp_seconds", "When everything in the mailbox of a feed was taken.",
     [](const Overview& o) {
         return for_each(o.feeds, "feed", [](const Feed& feed) { return number_in(feed.polled_at); });
     }},
    {"jmrp_unsettled_messages", "Messages that wait to be settled.",
     [](const Overview& o) { return one(o.backlog.unsettled); }},
    {"jmrp_unsettled_oldest_timestamp_seconds", "When the oldest message came that waits to be settled.",
     [](const Overview& o) {
         const auto at = number_in(o.backlog.oldest_unsettled);
         return at ? one(*at) : Samples{};
     }},
    {"jmrp_rebuilding_messages", "Messages that a rebuild has still to read.",
     [](const Overview& o) { return one(o.backlog.rebuilding); }},
    {"jmrp_dkim_waiting_messages", "Messages that wait for their signatures to be checked.",
     [](const Overview& o) { return one(o.dkim_waiting); }},
    {"jmrp_quarantined_messages", "Messages that nothing understands, or that killed their reader.",
     [](const Overview& o) { return one(o.backlog.quarantined); }},
    {"jmrp_held_reports", "Reports that a person has to decide about.", held},
    {"jmrp_suppressions", "People and scopes that are suppressed.",
     [](const Overview& o) { return one(o.suppressed); }},
    {"jmrp_export_missing_changes", "Changes of the list that an export has not got.",
     [](const Overview& o) {
         return for_each(o.exports, "export", [](const domain::ConsumerLag& row) {
             return std::optional(static_cast<double>(row.lag.changes));
         });
     }},
    {"jmrp_export_missing_since_timestamp_seconds", "When the oldest change was made that an export has not got.",
     [](const Overview& o) {
         return for_each(o.exports, "export", [](const domain::ConsumerLag& row) { return number_in(row.lag.since); });
     }},
    {"jmrp_export_last_success_timestamp_seconds", "When an export was last up to date.",
     [](const Overview& o) {
         return for_each(o.exports, "export", [](const domain::ConsumerLag& row) { return number_in(row.last_ok); });
     }},
    {"jmrp_export_failures", "Runs of an export that failed since its last success.",
     [](const Overview& o) {
         return for_each(o.exports, "export", [](const domain::ConsumerLag& row) {
             return std::optional(static_cast<double>(row.failures));
         });
     }},
    {"snds_filter_result_info", "What SNDS judged of a source IP's mail on the newest day they tell of.",
     snds_filter_results},
    {"snds_rcpt_commands", "RCPT commands of a source IP, told by SNDS of that day.",
     [](const Overview& o) {
         return of_snds(o, [](const Day& day) { return std::optional(static_cast<double>(day.rcpt_commands)); });
     }},
    {"snds_message_recipients", "Recipients of a source IP's mail, told by SNDS of that day.",
     [](const Overview& o) {
         return of_snds(o, [](const Day& day) { return std::optional(static_cast<double>(day.message_recipients)); });
     }},
    {"snds_complaint_rate_lower", "Complaints of recipients, 0 to 1: at least, told by SNDS of that day.",
     [](const Overview& o) {
         return of_snds(o, [](const Day& day) {
             return day.complaint_rate ? std::optional(day.complaint_rate->lower / percent) : std::nullopt;
         });
     }},
    {"snds_complaint_rate_upper", "Complaints of recipients, 0 to 1: at most, told by SNDS of that day.",
     [](const Overview& o) {
         return of_snds(o, [](const Day& day) {
             return day.complaint_rate ? std::optional(day.complaint_rate->upper / percent) : std::nullopt;
         });
     }},
    {"snds_trap_hits", "Mails to trap accounts, told by SNDS of that day.",
     [](const Overview& o) { return of_snds(o, [](const Day& day) { return number_in(day.trap_hits); }); }},
    {"snds_period_end_timestamp_seconds", "When that day ended.",
     [](const Overview& o) {
         return of_snds(o, [](const Day& day) { return std::optional(static_cast<double>(day.period_end)); });
     }},
    {"snds_ip_status_blocked", "Addresses of ours that are blocked (1) or junked (0), told by SNDS.", snds_blocked},
    {"snds_last_successful_fetch_timestamp", "When SNDS last answered, in seconds.", snds_fetches},
    {"jmrp_block_state_info", "Where an address that Microsoft's servers refused stands with a list.", block_states},
    {"jmrp_leaks", "Complaints of the last days about mail to people who were exported as suppressed.", leaks},
};

void append(std::string& out, const Metric& metric, const Samples& samples) {
    out += std::string("# HELP ") + metric.name + " " + metric.help + "\n# TYPE " + metric.name + " gauge\n";
    for (const Sample& sample : samples) {
        out += metric.name;
        char before = '{';
        for (const Label& label : sample.labels) {
            out += before + std::string(label.name) + "=\"" + prometheus_label(label.value) + "\"";
            before = ',';
        }
        char number[64];
        std::snprintf(number, sizeof number, "%s %.15g\n", sample.labels.empty() ? "" : "}", sample.value);
        out += number;
    }
}

} // namespace

std::string prometheus_text(const Overview& overview) {
    std::string out;
    for (const Metric& metric : metrics)
        if (const Samples samples = metric.samples(overview); !samples.empty())
            append(out, metric, samples);
    return out;
}

} // namespace jmrp::publish
