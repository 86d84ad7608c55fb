#include "domain/request.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;

TEST_CASE("ticket: old and new forms are one number") {
    for (const char* text : {"1303529797", "SRX1303529797ID", "srx1303529797id", " SRX1303529797 ", "1303529797ID"}) {
        INFO(text);
        CHECK(domain::parse_ticket(text) == "1303529797");
    }
    for (const char* text : {"", "130352979", "13035297970", "SRX", "SRX130352979aID", "ticket 1303529797", "SRXID"}) {
        INFO(text);
        CHECK_FALSE(domain::parse_ticket(text));
    }
}

TEST_CASE("networks: written and read again, and which lie within which") {
    const auto networks = domain::parse_networks("192.0.2.10 192.0.2.16/28 nonsense 2001:db8::/64");
    CHECK(domain::text_of(networks) == "192.0.2.10 192.0.2.16/28 2001:db8::/64");
    CHECK(domain::text_of({}).empty());
    const auto parts = [](const char* text) { return domain::parse_networks(text); };
    CHECK(domain::are_within(parts("192.0.2.17 192.0.2.10"), networks));
    CHECK_FALSE(domain::are_within(parts("192.0.2.17 192.0.2.11"), networks));
    CHECK_FALSE(domain::are_within(parts("192.0.2.0/24"), networks));
    CHECK(domain::any_overlap(parts("192.0.2.0/24"), networks));
    CHECK_FALSE(domain::any_overlap(parts("198.51.100.0/24"), networks));
}
