#include "publish/prometheus.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "util/text.hpp"

using namespace jmrp;
using publish::Overview;
using publish::prometheus_label;
using publish::prometheus_text;

namespace {

/// The lines that are no comments.
std::vector<std::string> samples(const Overview& overview) {
    std::vector<std::string> out;
    const std::string text = prometheus_text(overview);
    for (const std::string_view line : util::split(text, '\n'))
        if (!line.empty() && line.front() != '#')
            out.emplace_back(line);
    return out;
}

bool has(const Overview& overview, const std::string& line) {
    const auto all = samples(overview);
    return std::find(all.begin(), all.end(), line) != all.end();
}

bool tells(const Overview& overview, const std::string& name) {
    return prometheus_text(overview).find("\n" + name) != std::string::npos;
}

} // namespace

TEST_CASE("prometheus: nothing ends a label or its line") {
    CHECK(prometheus_label("plain feed") == "plain feed");
    CHECK(prometheus_label("a\"} 1\nevil{x=\"") == "a\\\"} 1\\nevil{x=\\\"");
    CHECK(prometheus_label("ends with a backslash\\") == "ends with a backslash\\\\");
    CHECK(prometheus_label("broken \xFF") == "broken \xEF\xBF\xBD");
    Overview overview;
    overview.feeds = {{"x\"} 1\njmrp_leaks{proof=\"certain\"} 99\n#", 1, 1, 5, std::nullopt}};
    for (const std::string& line : samples(overview))
        CHECK((line.starts_with("jmrp_") && line.find("} 99") != line.size() - 4));
    CHECK_FALSE(tells(overview, "jmrp_leaks{proof=\"certain\"} 99"));
}

TEST_CASE("prometheus: what is not known has no sample, and what is zero has one") {
    Overview overview;
    overview.version = "1.2";
    overview.source_ips = {{"192.0.2.1", 0, 5000, publish::Bounds{0, 0.0007}, std::nullopt},
                           {"192.0.2.2", 7, std::nullopt, std::nullopt, std::nullopt}};
    overview.feeds = {{"jmrp", 0, 0, std::nullopt, std::nullopt}};
    CHECK(has(overview, "jmrp_build_info{version=\"1.2\"} 1"));
    CHECK(has(overview, "jmrp_complaints{source_ip=\"192.0.2.1\",days=\"7\"} 0"));
    CHECK(has(overview, "jmrp_complaints{source_ip=\"192.0.2.2\",days=\"7\"} 7"));
    CHECK(has(overview, "jmrp_accepted_messages{source_ip=\"192.0.2.1\",days=\"7\"} 5000"));
    CHECK(has(overview, "jmrp_complaint_ratio_upper{source_ip=\"192.0.2.1\",days=\"7\"} 0.0007"));
    CHECK_FALSE(tells(overview, "jmrp_accepted_messages{source_ip=\"192.0.2.2\""));
    CHECK_FALSE(tells(overview, "jmrp_complaint_ratio_lower{source_ip=\"192.0.2.2\""));
    CHECK_FALSE(tells(overview, "jmrp_attributed_ratio"));
    CHECK_FALSE(tells(overview, "jmrp_feed_last_report_timestamp_seconds"));
    CHECK_FALSE(tells(overview, "jmrp_unsettled_oldest_timestamp_seconds"));
    CHECK(has(overview, "jmrp_unsettled_messages 0"));
    CHECK(has(overview, "jmrp_held_reports{reason=\"pace\"} 0"));
}

TEST_CASE("prometheus: times are whole seconds, and large counts keep all their digits") {
    Overview overview;
    overview.feeds = {{"jmrp", 3, 2, 1795305601, 1795305602}};
    overview.suppressed = 123456789012;
    CHECK(has(overview, "jmrp_feed_last_report_timestamp_seconds{feed=\"jmrp\"} 1795305601"));
    CHECK(has(overview, "jmrp_feed_last_poll_timestamp_seconds{feed=\"jmrp\"} 1795305602"));
    CHECK(has(overview, "jmrp_suppressions 123456789012"));
    CHECK(has(overview, "jmrp_attributed_ratio{feed=\"jmrp\",days=\"7\"} 0.666666666666667"));
}

TEST_CASE("prometheus: exports, holds and leaks are told with their names") {
    Overview overview;
    overview.backlog.held = {{domain::Hold::unverified, 4, 1}};
    overview.exports = {{"mta", {12, 1795305600}, std::nullopt, 3, "why"}};
    overview.leaks.certain = 2;
    overview.leaks.unverified = 1;
    CHECK(has(overview, "jmrp_held_reports{reason=\"unverified\"} 4"));
    CHECK(has(overview, "jmrp_export_missing_changes{export=\"mta\"} 12"));
    CHECK(has(overview, "jmrp_export_missing_since_timestamp_seconds{export=\"mta\"} 1795305600"));
    CHECK_FALSE(tells(overview, "jmrp_export_last_success_timestamp_seconds"));
    CHECK(has(overview, "jmrp_export_failures{export=\"mta\"} 3"));
    CHECK(has(overview, "jmrp_leaks{proof=\"certain\",days=\"7\"} 2"));
    CHECK(has(overview, "jmrp_leaks{proof=\"unverified\",days=\"7\"} 1"));
}

TEST_CASE("prometheus: what SNDS tell has their bounds, and no number where there is none") {
    Overview overview;
    domain::SndsDay day;
    day.ip = *domain::parse_ip("192.0.2.1");
    day.period_end = 1795305600;
    day.message_recipients = 422;
    day.filter_result = domain::FilterResult::yellow;
    day.complaint_rate = domain::RateBounds{0, 0.1};
    overview.source_ips = {{"192.0.2.1", 1, std::nullopt, std::nullopt, day}};
    overview.snds_ranges = {{*domain::parse_ip("192.0.2.0"), *domain::parse_ip("192.0.2.1"), true, "why"}};
    CHECK(has(overview, "snds_filter_result_info{source_ip=\"192.0.2.1\",result=\"yellow\"} 1"));
    CHECK(has(overview, "snds_message_recipients{source_ip=\"192.0.2.1\"} 422"));
    CHECK(has(overview, "snds_complaint_rate_lower{source_ip=\"192.0.2.1\"} 0"));
    CHECK(has(overview, "snds_complaint_rate_upper{source_ip=\"192.0.2.1\"} 0.001"));
    CHECK(has(overview, "snds_period_end_timestamp_seconds{source_ip=\"192.0.2.1\"} 1795305600"));
    CHECK(has(overview, "snds_ip_status_blocked{range_start=\"192.0.2.0\",range_end=\"192.0.2.1\"} 1"));
    CHECK_FALSE(tells(overview, "snds_trap_hits"));
}

TEST_CASE("prometheus: every metric is described once, before its samples") {
    Overview overview;
    overview.source_ips = {{"192.0.2.1", 1, 5000, publish::Bounds{0, 1}, std::nullopt},
                           {"192.0.2.2", 1, 5000, publish::Bounds{0, 1}, std::nullopt}};
    const std::string text = prometheus_text(overview);
    std::string described;
    for (const std::string_view line : util::split(text, '\n')) {
        if (line.starts_with("# HELP ")) {
            described = line.substr(7, line.find(' ', 7) - 7);
            CHECK(text.find("# HELP " + described + " ") == text.rfind("# HELP " + described + " "));
        } else if (line.starts_with("# TYPE ")) {
            CHECK(line == "# TYPE " + described + " gauge");
        } else if (!line.empty()) {
            CHECK(line.substr(0, line.find_first_of("{ ")) == described);
        }
    }
}
