#include <catch2/catch.hpp>

#include "domain/address.hpp"
#include "domain/ip.hpp"
#include "domain/policy.hpp"
#include "domain/settlement.hpp"

using namespace jmrp::domain;

TEST_CASE("address: the local part stays as it came, the domain becomes lower-case A-labels") {
    const auto address = parse_address(" <User.Name@B\xc3\xbc"
                                       "cher.EXAMPLE> ");
    REQUIRE(address);
    CHECK(address->text() == "User.Name@xn--bcher-kva.example");
    CHECK(address->key() == "user.name@xn--bcher-kva.example");
}

TEST_CASE("address: what is no complete mailbox is none") {
    for (const char* text : {"", "redacted", "user@", "@example.com", "user@@example.com", "a b@example.com",
                             "user@exa mple.com", "user@-", "<user@example.com", "user\n@example.com",
                             "a@b@example.com", "user@[192.0.2.1]", "user,x@example.com"}) {
        INFO(text);
        CHECK_FALSE(parse_address(text));
    }
    CHECK_FALSE(parse_address(std::string(65, 'a') + "@example.com"));
    CHECK(parse_address("\"a b\"@example.com"));
    CHECK(parse_address("this-is=a+tag@example.com"));
}

TEST_CASE("ip: every way reports write an address gives the same value") {
    CHECK(parse_ip("[192.0.2.1]")->text() == "192.0.2.1");
    CHECK(parse_ip("::ffff:192.0.2.1") == parse_ip("192.0.2.1"));
    CHECK(parse_ip("IPv6:2001:DB8::1")->text() == "2001:db8::1");
    CHECK(parse_ip("[IPv6:2001:db8:0:0:0:0:0:1]") == parse_ip("2001:db8::1"));
    for (const char* text : {"", "192.0.2", "192.0.2.256", "192.0.2.xxx", "192.0.2.1 x", "x.x.x.x", "192.0.2.01",
                             ":::", "2001:db8::1/64"}) {
        INFO(text);
        CHECK_FALSE(parse_ip(text));
    }
}

TEST_CASE("ip: private, loopback, link-local and carrier networks are not public") {
    for (const char* text : {"10.1.2.3", "172.31.0.1", "192.168.0.1", "127.0.0.1", "0.0.0.0", "169.254.1.1",
                             "100.64.0.1", "fc00::1", "fe80::1", "::1", "224.0.0.1"}) {
        INFO(text);
        CHECK_FALSE(parse_ip(text)->is_public());
    }
    for (const char* text : {"192.0.2.1", "172.32.0.1", "100.128.0.1", "2001:db8::1", "8.8.8.8"}) {
        INFO(text);
        CHECK(parse_ip(text)->is_public());
    }
}

TEST_CASE("ip: a network holds its addresses, its bounds included, and no other family's") {
    const Network network = *parse_network("192.0.2.128/25");
    CHECK(network.contains(*parse_ip("192.0.2.128")));
    CHECK(network.contains(*parse_ip("192.0.2.255")));
    CHECK_FALSE(network.contains(*parse_ip("192.0.2.127")));
    CHECK_FALSE(network.contains(*parse_ip("c000:280::")));
    CHECK(parse_network("0.0.0.0/0")->contains(*parse_ip("8.8.8.8")));
    CHECK(parse_network("2001:db8::/33")->contains(*parse_ip("2001:db8:7fff::1")));
    CHECK_FALSE(parse_network("2001:db8::/33")->contains(*parse_ip("2001:db8:8000::1")));
    CHECK_FALSE(parse_network("192.0.2.0/33"));
    CHECK_FALSE(parse_network("192.0.2.0/-1"));
}

TEST_CASE("policy: role accounts, own domains and own addresses are protected, neighbours are not") {
    Policy policy;
    policy.own_domains = {"sender.example"};
    policy.own_addresses = {*parse_address("fbl-x7@other.example")};
    CHECK(is_protected(policy, *parse_address("Postmaster@hotmail.example")));
    CHECK(is_protected(policy, *parse_address("anyone@SENDER.example")));
    CHECK(is_protected(policy, *parse_address("FBL-x7@other.example")));
    CHECK_FALSE(is_protected(policy, *parse_address("user@other.example")));
    CHECK_FALSE(is_protected(policy, *parse_address("user@notsender.example")));
    policy.protect_role_accounts = false;
    CHECK_FALSE(is_protected(policy, *parse_address("postmaster@hotmail.example")));
}

TEST_CASE("settlement: every disposition has a name of its own and a meaning") {
    for (const auto& [value, name] : Names<Disposition>::table) {
        CHECK(from_text<Disposition>(name) == value);
        CHECK_FALSE(explain(value).empty());
    }
}
