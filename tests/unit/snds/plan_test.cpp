#include "snds/plan.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using domain::SndsOutcome;

namespace {

constexpr util::Seconds hour = 3600;
const util::Day today = *util::parse_iso_day("2026-11-22");
const util::Seconds noon = util::Seconds{today} * 24 * hour + 12 * hour;

using Asked = std::map<util::Day, domain::SndsAsked>;

} // namespace

TEST_CASE("snds: the newest day is the last that is over at UTC-8, in summer as well") {
    CHECK(snds::newest_day(noon) == today - 1);
    CHECK(snds::newest_day(noon - 5 * hour) == today - 2); // 07:00 UTC
    CHECK(snds::newest_day(noon - 4 * hour) == today - 1); // 08:00 UTC
}

TEST_CASE("snds: where nothing is known every day is asked for, the newest first") {
    const auto days = snds::days_to_ask({}, 30, noon);
    REQUIRE(days.size() == 30);
    CHECK(days.front() == today - 1);
    CHECK(days.back() == today - 30);
}

TEST_CASE("snds: days that are known are left alone, but for the newest with data") {
    Asked asked;
    for (util::Day day = today - 30; day < today; ++day)
        asked[day] = {SndsOutcome::rows, noon - 24 * hour, {}};
    CHECK(snds::days_to_ask(asked, 30, noon) == std::vector<util::Day>{today - 1});
    asked[today - 1].outcome = SndsOutcome::no_data;
    CHECK(snds::days_to_ask(asked, 30, noon) == std::vector<util::Day>{today - 1, today - 2});
}

TEST_CASE("snds: a day without data is asked for again for a week, a failed one until it is known") {
    Asked asked;
    for (util::Day day = today - 30; day < today; ++day)
        asked[day] = {SndsOutcome::no_data, noon - 24 * hour, {}};
    asked[today - 20] = {SndsOutcome::failed, noon - 60, "it answers 500"};
    const auto days = snds::days_to_ask(asked, 30, noon);
    REQUIRE(days.size() == 8);
    CHECK(days[6] == today - 7);
    CHECK(days[7] == today - 20);
}

TEST_CASE("snds: nothing is asked for again within hours, unless it failed") {
    Asked asked;
    for (util::Day day = today - 30; day < today; ++day)
        asked[day] = {SndsOutcome::no_data, noon - hour, {}};
    CHECK(snds::days_to_ask(asked, 30, noon).empty());
    asked[today - 1].outcome = SndsOutcome::failed;
    CHECK(snds::days_to_ask(asked, 30, noon).size() == 1);
}

TEST_CASE("snds: the hosts of before 2026 are known as retired, and no others") {
    CHECK(snds::is_retired("https://postmaster.live.com/snds/data.aspx?key=1"));
    CHECK(snds::is_retired("https://SenderSupport.olc.protection.outlook.com:443/snds/ipStatus.aspx"));
    CHECK_FALSE(snds::is_retired("https://substrate.office.com/ip-domain-management-snds/SNDS/DataKey"));
    CHECK_FALSE(snds::is_retired("https://example.com/?at=postmaster.live.com"));
}
