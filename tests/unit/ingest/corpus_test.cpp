#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/inspect_json.hpp"
#include "domain/feed.hpp"
#include "ingest/interpret.hpp"

using namespace jmrp;
namespace fs = std::filesystem;

namespace {

constexpr util::Seconds today = 1'795'435'200; // 2026-11-23T12:00:00Z

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string with_crlf(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}

std::vector<fs::path> mails() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(fs::path(JMRP_TESTS_DIR) / "corpus"))
        if (entry.path().extension() == ".eml")
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

const std::string* identity(const domain::Reading& reading) {
    const auto* report = std::get_if<domain::FeedbackReport>(&reading.what);
    return report ? &report->identity : nullptr;
}

} // namespace

TEST_CASE("ingest: every mail of the corpus reads as its golden JSON says, with LF and with CRLF") {
    const auto all = mails();
    REQUIRE(all.size() >= 50);
    for (const fs::path& path : all) {
        const std::string name = path.filename().string();
        const auto golden = nlohmann::json::parse(read_file(fs::path(path).replace_extension(".json")));
        const std::string text = read_file(path);
        for (const bool crlf : {false, true}) {
            INFO(name << (crlf ? " with CRLF" : " with LF"));
            const auto inspected = cli::inspect(crlf ? with_crlf(text) : text, {}, domain::default_feed, today);
            CHECK(nlohmann::json::parse(cli::inspect_json(inspected, name, 0)).dump(1) == golden.dump(1));
        }
    }
}

TEST_CASE("ingest: a report keeps its identity over line ends and trace fields, and no two reports share one") {
    std::vector<std::string> seen;
    for (const fs::path& path : mails()) {
        INFO(path.filename().string());
        const std::string text = read_file(path);
        const auto reading = ingest::interpret(text, {});
        if (!identity(reading))
            continue;
        CHECK(*identity(ingest::interpret(with_crlf(text), {})) == *identity(reading));
        const bool byte_marks = text.front() == '\xEF' || text.find('\n') == std::string::npos;
        if (!byte_marks)
            CHECK(
                *identity(ingest::interpret("Received: from x.example ([198.51.100.3]) by y.example; Fri, 13 Nov 2026 "
                                            "10:00:00 +0000\nDelivered-To: other@sender.example\nX-Spam: no\n" +
                                                text,
                                            {})) == *identity(reading));
    }
}

TEST_CASE("ingest: a cut mail is read as far as it goes and never becomes a complaint it was not") {
    for (const fs::path& path : mails()) {
        const std::string text = read_file(path);
        const auto whole = ingest::interpret(text, {});
        const auto* report = std::get_if<domain::FeedbackReport>(&whole.what);
        for (std::size_t tenth = 0; tenth < 10; ++tenth) {
            INFO(path.filename().string() << " cut to " << tenth << " tenths");
            const auto cut = ingest::interpret(std::string_view(text).substr(0, text.size() * tenth / 10), {});
            const auto* part = std::get_if<domain::FeedbackReport>(&cut.what);
            const bool about_a_report = path.stem() == "arf-about-a-report-is-no-complaint";
            if (part && part->complaint && !about_a_report) {
                REQUIRE(report);
                CHECK(report->complaint);
            }
        }
    }
}
