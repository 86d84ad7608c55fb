#include "cli/monitoring.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace jmrp;
using reputation::Finding;
using reputation::Level;

namespace {

Finding finding(Level level, const char* rule, const char* feed, const char* sentence) {
    Finding out;
    out.level = level;
    out.rule = rule;
    out.feed = feed;
    out.sentence = sentence;
    return out;
}

} // namespace

TEST_CASE("monitoring: the first line holds the worst, then the figures; every finding has a line below") {
    std::vector<Finding> findings = {finding(Level::ok, "pace", "", "no flood"),
                                     finding(Level::warning, "quarantine", "", "2 messages"),
                                     finding(Level::warning, "silence", "jmrp", "last report 9 days ago")};
    findings[1].figures = {{"quarantined", 2, "", reputation::Bounds{1, 50}}};
    findings[2].figures = {{"silence jmrp", 777600.5, "s", std::nullopt}};
    CHECK(cli::plugin_text(findings) ==
          "JMRP WARNING - 2 messages; jmrp: last report 9 days ago | quarantined=2;1;50 silence_jmrp=777600.5s\n"
          "[OK] pace: no flood\n[WARNING] quarantine: 2 messages\n[WARNING] silence: jmrp: last report 9 days ago");
    CHECK(cli::plugin_failure("cannot open x|y=1", false) == "JMRP UNKNOWN - cannot open x/y=1");
}

TEST_CASE("monitoring: a feed's name begins no figures and no line") {
    std::vector<Finding> findings = {finding(Level::critical, "silence", "a|b=1\nJMRP OK - 'c'", "silent")};
    findings[0].figures = {{"silence a|b=1;'\n c", 1, "s", std::nullopt}};
    const std::string text = cli::plugin_text(findings);
    CHECK(text.substr(0, text.find('\n')) == "JMRP CRITICAL - a/b=1\\x0aJMRP OK - 'c': silent | silence_a_b_1____c=1s");
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}
