#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "ingest/settlement_of.hpp"

using namespace jmrp;
using domain::Disposition;

namespace {

std::string example() {
    std::ifstream file(JMRP_TESTS_DIR "/../examples/messages/04-arf-abuse.eml");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

TEST_CASE("rules: the same mail ends by the rules of the feed it came into, and by the common ones where it has none") {
    ingest::Rules rules;
    rules.policy.believe_report_fields = true;
    rules.feeds["secret"] = rules;
    rules.feeds["secret"].reading.authenticity.secret_addresses = {
        *domain::parse_address("fbl-7d1f0c@reports.example")};
    rules.feeds["trusting"] = rules;
    rules.feeds["trusting"].policy.act_on = domain::Verdict::unverified;
    rules.feeds["elsewhere"] = rules;
    rules.feeds["elsewhere"].reading.own_networks = {*domain::parse_network("203.0.113.0/24")};
    const std::string mail = example();
    const auto outcome = [&](const char* feed) {
        const domain::Settlement out = ingest::settlement_of({1, feed, 1'795'305'600, {}}, mail, rules);
        CHECK(out.feed == feed);
        return out.disposition;
    };
    CHECK(outcome("secret") == Disposition::complaint_suppressed);
    CHECK(outcome("trusting") == Disposition::complaint_suppressed);
    CHECK(outcome("elsewhere") == Disposition::foreign_report);
    CHECK(outcome("default") == Disposition::complaint_held);
    CHECK(outcome("") == Disposition::complaint_held);
}
