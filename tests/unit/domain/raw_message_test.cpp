#include "domain/raw_message.hpp"

#include <catch2/catch.hpp>

#include "util/digest.hpp"

using namespace jmrp;
using domain::order_in_time;

namespace {

std::uint32_t order_of(const std::string& date) {
    return order_in_time("From: staff@hotmail.com\r\nDate: " + date +
                         "\r\n\r\nDate: Tue, 1 Jan 1980 00:00:00 +0000\r\n");
}

} // namespace

TEST_CASE("raw message: its order in time grows with the hour of its Date field") {
    CHECK(order_of("Mon, 16 Nov 2026 13:10:02 +0000") == order_of("16 nov 2026 13:59"));
    const char* const dates[] = {"Thu, 31 Dec 2026 23:10:02 +0000", "Fri, 1 Jan 2027 01:10:02 +0000",
                                 "Fri, 1 Jan 2027 10:10:02 +0000",  "Sat, 2 Jan 2027 00:10:02 +0000",
                                 "Sat, 31 Jul 2027 00:10:02 +0000", "Sun, 1 Aug 2027 00:10:02 +0000"};
    std::uint32_t last = 0;
    for (const char* date : dates) {
        CHECK(order_of(date) > last);
        last = order_of(date);
    }
}

TEST_CASE("raw message: without a plain date in the header it has no order in time") {
    CHECK(order_in_time("") == 0);
    CHECK(order_in_time("Date:") == 0);
    CHECK(order_in_time("Subject: no date\n\nDate: Mon, 16 Nov 2026 13:10:02 +0000\n") == 0);
    CHECK(order_of("yesterday") == 0);
    CHECK(order_of("\xff\xfe ,,, ::") == 0);
    CHECK(order_in_time(std::string(1 << 20, 'x') + "\nDate: Mon, 16 Nov 2026 13:10:02 +0000\n") == 0);
}

TEST_CASE("digest: ordered ones lie in the order of their numbers and still tell bytes apart") {
    const auto early = util::ordered_digest(0x0000FFFF, "message", "one");
    const auto late = util::ordered_digest(0x00010000, "message", "one");
    CHECK(early < late);
    CHECK(early == util::ordered_digest(0x0000FFFF, "message", "one"));
    CHECK(early != util::ordered_digest(0x0000FFFF, "message", "two"));
    CHECK(early != util::ordered_digest(0x0000FFFF, "report", "one"));
}
