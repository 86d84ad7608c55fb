#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/inspect_json.hpp"

using namespace jmrp;

namespace {

cli::Inspected hostile() {
    domain::FeedbackReport report;
    report.reported.subject = "\x1b[2J\xff\"}\n{\"kind\":\"x\xe2\x80\xae";
    report.source_ip = {domain::parse_ip("192.0.2.1"), "report: Source-IP"};
    report.recipient.ladder.push_back({"report-field", false, "masked: \x1b]0;x\x07"});
    domain::Reading reading;
    reading.what = report;
    reading.defects.push_back({"code", "\x80\x1b"});
    return {std::move(reading), {}};
}

} // namespace

TEST_CASE("cli: hostile bytes stay inside one line of valid JSON") {
    const std::string text = cli::inspect_json(hostile(), "a\xff\n", 7);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    const auto json = nlohmann::json::parse(text);
    CHECK(json["kind"] == "feedback-report");
    CHECK(json["index"] == 7);
    CHECK(json["format_version"] == 1);
}

TEST_CASE("cli: nothing of a mail reaches the terminal as control") {
    const std::string text = cli::inspect_text(hostile(), "file", 0);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\x07') == std::string::npos);
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    CHECK(text.find("192.0.2.1   [report: Source-IP]") != std::string::npos);
    CHECK(text.find("report-field") != std::string::npos);
    CHECK(text.back() != '\n');
}
