#include "reputation/proportions.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::reputation;

TEST_CASE("proportions: the exact test gives what is worked out by hand") {
    // (3 over 0)(3 over 3) / (6 over 3) = 1 / 20
    CHECK(chance_of_so_few({0, 3}, {3, 3}) == Approx(0.05));
    // Fisher's tea: ((4 over 0)(4 over 4) + (4 over 1)(4 over 3)) / (8 over 4) = 17 / 70
    CHECK(chance_of_so_few({1, 4}, {3, 4}) == Approx(17.0 / 70));
    // 34 hits of 40, ten drawn: at least four hits are among them. (34 over 4)(6 over 6) / (40 over 10)
    CHECK(chance_of_so_few({4, 10}, {30, 30}) == Approx(46376.0 / 847660528));
    CHECK(chance_of_so_few({5, 10}, {30, 30}) == Approx(324632.0 / 847660528));
}

TEST_CASE("proportions: a share that did not fall is no sign of anything") {
    CHECK(chance_of_so_few({3, 3}, {3, 3}) == 1);
    CHECK(chance_of_so_few({9, 10}, {1, 10}) == 1);
    CHECK(chance_of_so_few({0, 10}, {0, 10}) == 1);
    CHECK(chance_of_so_few({0, 0}, {9, 10}) == 1);
    CHECK(chance_of_so_few({0, 10}, {0, 0}) == 1);
}

TEST_CASE("proportions: great numbers stay within bounds") {
    CHECK(chance_of_so_few({0, 100'000}, {3'000'000, 3'000'000}) < 1e-300);
    CHECK(chance_of_so_few({94'900, 100'000}, {2'850'000, 3'000'000}) == Approx(0.077).margin(0.01)); // z = -1.43
    CHECK(chance_of_so_few({95'000, 100'000}, {2'850'030, 3'000'000}) == Approx(0.5).margin(0.01));
}

TEST_CASE("proportions: a percentage of nothing is nothing") {
    CHECK(percent({1, 4}) == 25.0);
    CHECK_FALSE(percent({0, 0}));
}
