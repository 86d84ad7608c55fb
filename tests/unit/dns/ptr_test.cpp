#include "dns/ptr.hpp"

#include <catch2/catch.hpp>

#include "support/table_resolver.hpp"

using namespace jmrp;
using domain::PtrStanding;
using domain::RecordType;
using test::TableResolver;

namespace {

const auto v4 = *domain::parse_ip("192.0.2.7");
const auto v6 = *domain::parse_ip("2001:db8::25");
const std::string name_of_v4 = "7.2.0.192.in-addr.arpa";

} // namespace

TEST_CASE("dns: the name of an address is reversed octets or nibbles") {
    CHECK(domain::reversed(v4) == "7.2.0.192");
    CHECK(domain::reversed(v6) == "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2");
}

TEST_CASE("dns: a name that leads back is confirmed, and is compared with HELO whatever its letters") {
    TableResolver resolver;
    resolver.add(name_of_v4, RecordType::ptr, "mail.sender.example")
        .add("mail.sender.example", RecordType::a, "192.0.2.7");
    const auto found = dns::check_ptr(resolver, v4, "Mail.Sender.Example");
    CHECK(found.standing == PtrStanding::confirmed);
    CHECK(found.confirmed == std::vector<std::string>{"mail.sender.example"});
    CHECK(found.equals_helo == true);
    CHECK_FALSE(found.generic);
    CHECK(domain::is_well(found));
    const auto other = dns::check_ptr(resolver, v4, "sender.example");
    CHECK(other.equals_helo == false);
    CHECK_FALSE(domain::is_well(other));
    CHECK_FALSE(dns::check_ptr(resolver, v4, std::nullopt).equals_helo);
}

TEST_CASE("dns: over IPv6 the AAAA record leads back, in any spelling") {
    TableResolver resolver;
    resolver.add(domain::reversed(v6) + ".ip6.arpa", RecordType::ptr, "mail.sender.example")
        .add("mail.sender.example", RecordType::a, "192.0.2.7")
        .add("mail.sender.example", RecordType::aaaa, "2001:0DB8:0:0::25");
    CHECK(dns::check_ptr(resolver, v6, "mail.sender.example").standing == PtrStanding::confirmed);
}

TEST_CASE("dns: what a name says of itself is not believed") {
    TableResolver resolver;
    resolver.add(name_of_v4, RecordType::ptr, "mail.google.example")
        .add("mail.google.example", RecordType::a, "192.0.2.9");
    const auto found = dns::check_ptr(resolver, v4, "mail.google.example");
    CHECK(found.standing == PtrStanding::unconfirmed);
    CHECK(found.equals_helo == false);
    CHECK(found.names == std::vector<std::string>{"mail.google.example"});
    CHECK(found.confirmed.empty());
}

TEST_CASE("dns: no name is absent, no answer is unknown") {
    TableResolver resolver;
    const auto absent = dns::check_ptr(resolver, v4, "mail.sender.example");
    CHECK(absent.standing == PtrStanding::absent);
    CHECK(absent.equals_helo == false);
    resolver.fail(name_of_v4, "no answer in time");
    const auto unknown = dns::check_ptr(resolver, v4, "mail.sender.example");
    CHECK(unknown.standing == PtrStanding::unknown);
    CHECK(unknown.reason == "no answer in time");
    CHECK_FALSE(unknown.equals_helo);

    TableResolver half;
    half.add(name_of_v4, RecordType::ptr, "mail.sender.example").fail("mail.sender.example");
    CHECK(dns::check_ptr(half, v4, std::nullopt).standing == PtrStanding::unknown);
}

TEST_CASE("dns: of a hundred names ten are looked up") {
    TableResolver resolver;
    for (int i = 0; i < 100; ++i)
        resolver.add(name_of_v4, RecordType::ptr, "host" + std::to_string(i) + ".sender.example");
    const auto found = dns::check_ptr(resolver, v4, std::nullopt);
    CHECK(found.names.size() == 10);
    CHECK(resolver.asked.size() == 11);
}

TEST_CASE("dns: a name by the number or by the kind of line is generic") {
    for (const char* name :
         {"192-0-2-7.isp.example", "7.2.0.192.isp.example", "ip192.0.2.7.isp.example", "host-2-0-192.isp.example",
          "c0000207.isp.example", "c0-00-02-07.isp.example", "192000002007.isp.example", "static-192-0-2-7.isp.example",
          "p7.dynamic.isp.example", "customer12.isp.example", "adsl-pool4.isp.example", "dhcp99.isp.example",
          "a.dsl.isp.co.uk", "IP-192-0-2-7.ISP.example"}) {
        INFO(name);
        CHECK(dns::is_generic_name(name, v4));
    }
    for (const char* name :
         {"mail.sender.example", "mx7.sender.example", "out-2-7.sender.example", "poolside.sender.example",
          "mail.dynamic.example", "relay.cable.co.uk", "sender.example", "192.example"}) {
        INFO(name);
        CHECK_FALSE(dns::is_generic_name(name, v4));
    }
    CHECK(dns::is_generic_name("0000000000000025.isp.example", v6));
    CHECK(dns::is_generic_name("2001-0db8-0000-0000-0000-0000-0000-0025.isp.example", v6));
    CHECK_FALSE(dns::is_generic_name("mail25.sender.example", v6));
}
