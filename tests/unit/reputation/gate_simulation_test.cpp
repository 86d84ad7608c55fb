#include <catch2/catch.hpp>

#include "bench/gate/simulation.hpp"

using namespace jmrp;

TEST_CASE("gate: over invented histories safe is seldom wrong, never against what was shown, and not late") {
    auto results = simulation::simulate(1, 400, {});
    const auto all = simulation::figures_of(results);
    INFO("safe " << all.said_safe << ", at a high rate " << all.high_rate << ", of them new " << all.fresh_trouble
                 << ", leaks " << all.open_leak);
    CHECK(all.said_safe > 150);
    CHECK(all.wrong * 50 <= all.said_safe); // chance: gate_simulation shows that it is one in a hundred
    CHECK(all.dead_feed == 0);
    CHECK(all.shown_leak == 0);
    CHECK(all.found * 100 >= 65 * all.could_be_safe);

    // With less mail nobody can tell as soon as that, see the README beside the simulation.
    std::erase_if(results, [](const simulation::Result& result) { return result.volume < 100'000; });
    const auto large = simulation::figures_of(results);
    INFO("oracle " << large.oracle_days << " days, gate " << large.gate_days);
    CHECK(large.ratio() <= 1.5);
}
