#include <catch2/catch.hpp>

#include "bench/gate/simulation.hpp"

using namespace jmrp;

namespace {

simulation::Figures figures(const reputation::GatePolicy& policy) {
    return simulation::figures_of(simulation::simulate(simulation::harsh, 11, 250, policy));
}

} // namespace

// The bounds leave to chance what 250 histories leave to it: tests/bench/README.md has the figures of many more.
TEST_CASE("gate: over invented histories safe is seldom wrong, never against what was shown, and is said at all") {
    const auto all = figures({});
    INFO("safe " << all.said_safe << ", at a high rate " << all.high_rate << ", of them new " << all.fresh_trouble
                 << ", leaks " << all.open_leak);
    CHECK(all.said_safe >= 75);
    CHECK(all.wrong * 25 <= all.said_safe);
    CHECK(all.dead_feed == 0);
    CHECK(all.shown_leak == 0);
    CHECK(all.found * 2 >= all.could_be_safe);
}

TEST_CASE("gate: the simulation shows a gate that believes silence") {
    reputation::GatePolicy credulous;
    credulous.least_forwarded = 1;
    credulous.leak_complaint_percent = 1e9;
    credulous.feed_hours = 720;
    credulous.feed_after_hours = -10'000;
    const auto all = figures(credulous);
    INFO("safe " << all.said_safe << ", wrong " << all.wrong);
    CHECK(all.wrong * 25 > all.said_safe);
}
