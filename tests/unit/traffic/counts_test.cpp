#include "traffic/counts.hpp"

#include <catch2/catch.hpp>

#include "util/fault.hpp"

using namespace jmrp;
using domain::TrafficCount;
using traffic::CountRows;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600; // 2026-11-22 12:00 UTC
constexpr util::Day today = 20'779;

traffic::Context context() {
    traffic::Context out;
    out.zone = {false, 0};
    out.latest = noon;
    out.providers = {{".mx.hosting.example", "hosting.example"}};
    return out;
}

TrafficCount count(const std::string& header, const std::string& row) {
    const auto said = CountRows(header, context()).read(row);
    INFO((std::holds_alternative<const char*>(said) ? std::get<const char*>(said) : ""));
    REQUIRE(std::holds_alternative<TrafficCount>(said));
    return std::get<TrafficCount>(said);
}

std::string problem(const std::string& row,
                    const std::string& header = "date,ip,provider,accepted,attempted,list,domain") {
    const auto said = CountRows(header, context()).read(row);
    REQUIRE(std::holds_alternative<const char*>(said));
    return std::get<const char*>(said);
}

} // namespace

TEST_CASE("counts: every column is read by its name, in any order, with a byte order mark and quotes") {
    const TrafficCount all = count("\xEF\xBB\xBF\"Rejected\",deferred,accepted,attempted,campaign,list,sending_domain,"
                                   "provider,source_ip,date,other",
                                   "3,2,100,110,\"spring, \"\"early\"\"\",News.Sender.Example,B\xC3\xBC"
                                   "cher.example,Outlook.com,IPv6:2001:DB8::1,2026-11-20,x");
    CHECK(all.day == today - 2);
    CHECK(all.source_ip == "2001:db8::1");
    CHECK(all.domain == "xn--bcher-kva.example");
    CHECK(all.list == "news.sender.example");
    CHECK(all.campaign == "spring, \"early\"");
    CHECK(all.provider == "outlook.com");
    CHECK((all.attempted == 110 && all.accepted == 100 && all.deferred == 2 && all.rejected == 3));
}

TEST_CASE("counts: what is not said is 0, and attempted is the sum") {
    const TrafficCount few =
        count("date,ip,provider,accepted,deferred,rejected", "2026-11-20,192.0.2.1,gmail.com,7,,1");
    CHECK((few.attempted == 8 && few.accepted == 7 && few.deferred == 0 && few.rejected == 1));
    CHECK(count("date,ip,provider,delivered", "2026-11-20,192.0.2.1,gmail.com,0").attempted == 0);
}

TEST_CASE("counts: one of IP, domain, list and campaign is enough") {
    CHECK(count("date,campaign,provider,accepted", "2026-11-20,2026/47,gmail.com,7").campaign == "2026/47");
    CHECK(count("date,list,ip,provider,accepted", "2026-11-20,,192.0.2.1,gmail.com,7").source_ip == "192.0.2.1");
    CHECK(problem("2026-11-20,,gmail.com,7,,,") == "no IP address, domain, list or campaign");
}

TEST_CASE("counts: a receiving host stands in for a provider") {
    const std::string header = "date,ip,relay,accepted";
    CHECK(count(header, "2026-11-20,192.0.2.1,EUR.olc.protection.outlook.com,7").provider == "outlook.com");
    CHECK(count(header, "2026-11-20,192.0.2.1,a.mx.hosting.example,7").provider == "hosting.example");
    CHECK(count("date,ip,provider,relay,accepted", "2026-11-20,192.0.2.1,mine,mx.example,7").provider == "mine");
}

TEST_CASE("counts: a time is of its day in UTC") {
    const std::string header = "time,ip,provider,accepted";
    CHECK(count(header, "2026-11-20T23:30:00-03:00,192.0.2.1,gmail.com,7").day == today - 1);
    CHECK(count(header, "1795305600,192.0.2.1,gmail.com,7").day == today);
    CHECK(count(header, "2026-11-23,192.0.2.1,gmail.com,7").day == today + 1); // it is that day somewhere
}

TEST_CASE("counts: every row that cannot be used says why") {
    CHECK(problem("20 Nov 2026,192.0.2.1,gmail.com,7,,,") == "a date that is none");
    CHECK(problem("2026-02-30,192.0.2.1,gmail.com,7,,,") == "a date that is none");
    CHECK(problem("2026-11-24,192.0.2.1,gmail.com,7,,,") == "a date in the future");
    CHECK(problem("2026-11-20,192.0.2.256,gmail.com,7,,,") == "an IP address that is none");
    CHECK(problem("2026-11-20,192.0.2.1,,7,,,") == "no provider");
    CHECK(problem("2026-11-20,192.0.2.1,gmail\tcom,7,,,") == "no provider");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,,,,") == "nothing accepted, not even 0");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,-7,,,") == "a number that is none");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,1e3,,,") == "a number that is none");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,\"1,000\",,,") == "a number that is none");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,9223372036854775807,,,") == "a number that is none");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,7,6,,") == "fewer attempted than accepted, deferred and rejected");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,7,,two words,") == "a domain or list that is none");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,7,,," + std::string(300, 'x')) == "a domain or list that is none");
    CHECK(problem("2026-11-20,192.0.2.1,gmail.com,\"7,,,") == "a quote that is not closed");
    CHECK(problem("2026-11-20") == "no IP address, domain, list or campaign");
    CHECK(problem("2026-11-20,a\x1b[2Jb,gmail.com,1", "date,campaign,provider,accepted") == "a campaign that is none");
}

TEST_CASE("counts: a header line without what there must be is refused") {
    for (const char* header : {"", "ip,provider,accepted", "date,provider,accepted", "date,ip,accepted",
                               "date,ip,provider", "recipient,time,queue_id,status"})
        CHECK_THROWS_AS(CountRows(header, context()), util::Fault);
}
