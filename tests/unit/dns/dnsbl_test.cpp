#include "dns/dnsbl.hpp"

#include <catch2/catch.hpp>

#include "dns/gather.hpp"
#include "support/table_resolver.hpp"

using namespace jmrp;
using domain::Listing;
using domain::RecordType;
using test::TableResolver;

namespace {

const auto ip = *domain::parse_ip("192.0.2.7");

/// Where both lists answer as they should.
TableResolver proven() {
    TableResolver out;
    out.add("2.0.0.127.zen.spamhaus.org", RecordType::a, "127.0.0.2")
        .add("2.0.0.127.zen.spamhaus.org", RecordType::a, "127.0.0.10")
        .add("dbltest.com.dbl.spamhaus.org", RecordType::a, "127.0.1.2");
    return out;
}

domain::ListFinding ask_zen(TableResolver& resolver) {
    return dns::Dnsbl(resolver, {"zen.spamhaus.org", {}}).ask(ip);
}

} // namespace

TEST_CASE("dns: an address that the list does not have is clean") {
    TableResolver resolver = proven();
    const auto found = ask_zen(resolver);
    CHECK(found.listing == Listing::clean);
    CHECK(found.reason.empty());
    CHECK(found.subject == "192.0.2.7");
    CHECK(found.asked_at == resolver.now);
    CHECK(dns::Dnsbl(resolver, {"zen.spamhaus.org", {}}).ask(*domain::parse_ip("2001:db8::25")).listing ==
          Listing::clean);
}

TEST_CASE("dns: every code is read and told") {
    TableResolver resolver = proven();
    for (const char* code : {"127.0.0.4", "127.0.0.2", "127.0.0.11"})
        resolver.add("7.2.0.192.zen.spamhaus.org", RecordType::a, code);
    const auto found = ask_zen(resolver);
    CHECK(found.listing == Listing::listed);
    CHECK(found.codes == std::vector<std::string>{"127.0.0.11", "127.0.0.2", "127.0.0.4"});
    CHECK(found.reason == "PBL, set by Spamhaus; SBL; XBL");
}

TEST_CASE("dns: errors of the zone and answers of somebody else are unknown, never listed") {
    for (const char* code : {"127.255.255.252", "127.255.255.254", "127.255.255.255", "127.255.255.1", "127.0.0.1",
                             "127.0.1.2", "127.1.0.2", "198.51.100.80", "10.0.0.2"}) {
        INFO(code);
        for (const bool with_a_right_one : {false, true}) {
            TableResolver resolver = proven();
            resolver.add("7.2.0.192.zen.spamhaus.org", RecordType::a, code);
            if (with_a_right_one)
                resolver.add("7.2.0.192.zen.spamhaus.org", RecordType::a, "127.0.0.2");
            const auto found = ask_zen(resolver);
            CHECK(found.listing == Listing::unknown);
            CHECK(found.reason.find(code) == 0);
            CHECK_FALSE(domain::is_well(found));
        }
    }
    TableResolver silent = proven();
    silent.fail("7.2.0.192.zen.spamhaus.org", "the server refused (REFUSED)");
    CHECK(ask_zen(silent).listing == Listing::unknown);
    CHECK(ask_zen(silent).reason == "the server refused (REFUSED)");
    TableResolver empty = proven();
    empty.add("7.2.0.192.zen.spamhaus.org", RecordType::txt, "no address");
    CHECK(ask_zen(empty).listing == Listing::unknown);
}

TEST_CASE("dns: a zone that does not list its test point proves nothing") {
    TableResolver nothing;
    const auto found = ask_zen(nothing);
    CHECK(found.listing == Listing::unknown);
    CHECK(found.reason.find("2.0.0.127 is not listed") != std::string::npos);
    CHECK(nothing.asked.size() == 1);

    TableResolver public_one;
    public_one.add("2.0.0.127.zen.spamhaus.org", RecordType::a, "127.255.255.254");
    CHECK(ask_zen(public_one).listing == Listing::unknown);
    CHECK(ask_zen(public_one).reason.find("public") != std::string::npos);

    TableResolver lists_all = proven();
    lists_all.add("1.0.0.127.zen.spamhaus.org", RecordType::a, "127.0.0.2");
    lists_all.add("7.2.0.192.zen.spamhaus.org", RecordType::a, "127.0.0.2");
    CHECK(ask_zen(lists_all).listing == Listing::unknown);
}

TEST_CASE("dns: domains are asked of the DBL, addresses never") {
    TableResolver resolver = proven();
    resolver.add("bad.example.dbl.spamhaus.org", RecordType::a, "127.0.1.5")
        .add("odd.example.dbl.spamhaus.org", RecordType::a, "127.0.1.255")
        .add("zen.example.dbl.spamhaus.org", RecordType::a, "127.0.0.2");
    dns::Dnsbl dbl(resolver, {"dbl.spamhaus.org", {}});
    CHECK(dbl.ask("good.example").listing == Listing::clean);
    CHECK(dbl.ask("bad.example").listing == Listing::listed);
    CHECK(dbl.ask("bad.example").reason == "malware");
    CHECK(dbl.ask("odd.example").listing == Listing::unknown);
    CHECK(dbl.ask("zen.example").listing == Listing::unknown);
    const std::size_t before = resolver.asked.size();
    CHECK(dbl.ask("192.0.2.7").listing == Listing::unknown);
    CHECK(dbl.ask("[192.0.2.7]").listing == Listing::unknown);
    CHECK(resolver.asked.size() == before);
}

TEST_CASE("dns: another list of domains has the test points of RFC 5782") {
    TableResolver resolver;
    resolver.add("test.uri.lists.example", RecordType::a, "127.0.0.2")
        .add("bad.example.uri.lists.example", RecordType::a, "127.0.0.64");
    dns::Dnsbl list(resolver, {"uri.lists.example", {}});
    CHECK(list.ask("good.example").listing == Listing::clean);
    CHECK(list.ask("bad.example").listing == Listing::listed);
}

TEST_CASE("dns: the key of a list is asked with, and never told") {
    const std::string key = "s3cretkey";
    TableResolver resolver;
    resolver.add("2.0.0.127." + key + ".zen.dq.spamhaus.net", RecordType::a, "127.0.0.2")
        .add("7.2.0.192." + key + ".zen.dq.spamhaus.net", RecordType::a, "127.0.0.9");
    const auto found = dns::Dnsbl(resolver, {"zen.dq.spamhaus.net", key}).ask(ip);
    CHECK(found.listing == Listing::listed);
    CHECK(found.reason == "DROP");
    for (const std::string& text : {found.zone, found.reason, found.subject})
        CHECK(text.find(key) == std::string::npos);
    const domain::DnsQuestion question{"7.2.0.192." + key + ".zen.dq.spamhaus.net", RecordType::a,
                                       "7.2.0.192.zen.dq.spamhaus.net"};
    CHECK(question.text() == "7.2.0.192.zen.dq.spamhaus.net A");
}

TEST_CASE("dns: one who is known to the DNS as he should be is well") {
    TableResolver resolver = proven();
    resolver.add("7.2.0.192.in-addr.arpa", RecordType::ptr, "mail.sender.example")
        .add("mail.sender.example", RecordType::a, "192.0.2.7")
        .add("bounces.sender.example", RecordType::txt, "v=spf1 ip4:192.0.2.0/24 -all")
        .add("_dmarc.sender.example", RecordType::txt, "v=DMARC1; p=none");
    const dns::Sender sender{ip, "mail.sender.example", {"sender.example"}, {"bounces.sender.example"}};
    const dns::ListZones zones{{{"zen.spamhaus.org", {}}}, {{"dbl.spamhaus.org", {}}}};
    const auto facts = dns::gather(resolver, sender, zones);
    CHECK(facts.spf.size() == 2);
    CHECK(facts.dmarc.size() == 1);
    CHECK(facts.lists.size() == 4);
    CHECK(domain::is_well(facts));
    resolver.fail("bounces.sender.example.dbl.spamhaus.org");
    CHECK_FALSE(domain::is_well(dns::gather(resolver, sender, zones)));
}
