#include "dns/spf.hpp"
#include "dns/spf_macro.hpp"
#include "dns/spf_syntax.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "support/table_resolver.hpp"

using namespace jmrp;
using domain::SpfResult;
using test::TableResolver;

namespace {

std::string trimmed(std::string_view text) {
    return std::string(util::trim(text));
}

/// "NAME TYPE VALUE"
void add_record(TableResolver& resolver, const std::string& line) {
    for (const auto& [type, text] : domain::Names<domain::RecordType>::table) {
        const std::string middle = " " + std::string(text) + " ";
        const std::size_t at = line.find(middle);
        if (at == std::string::npos)
            continue;
        const std::string value = line.substr(at + middle.size());
        const auto bytes = domain::dns_answer_of(domain::DnsOutcome::answer, value + "\n", 0);
        REQUIRE(bytes);
        resolver.add(line.substr(0, at), type, value == "." ? "" : bytes->values.front());
        return;
    }
    const std::size_t at = line.find(" TIMEOUT");
    INFO(line);
    REQUIRE(at != std::string::npos);
    resolver.fail(line.substr(0, at));
}

} // namespace

TEST_CASE("dns: SPF agrees with the published vectors") {
    std::ifstream file(JMRP_TESTS_DIR "/unit/dns/spf_vectors.txt");
    REQUIRE(file);
    TableResolver resolver;
    int cases = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#')
            continue;
        if (line.starts_with("zone ")) {
            resolver = TableResolver();
            continue;
        }
        if (!line.starts_with("case ")) {
            add_record(resolver, line);
            continue;
        }
        const auto parts = util::split(std::string_view(line).substr(5), '|');
        REQUIRE(parts.size() == 5);
        const auto ip = domain::parse_ip(parts[1]);
        REQUIRE(ip);
        const auto finding = dns::check_spf(resolver, {*ip, trimmed(parts[3]), trimmed(parts[2])});
        INFO(line << "\n  result: " << to_text(finding.result) << ", " << finding.reason);
        const std::string expected = trimmed(parts[4]);
        const auto any_of = util::split(expected, '/');
        CHECK(std::find(any_of.begin(), any_of.end(), to_text(finding.result)) != any_of.end());
        ++cases;
    }
    CHECK(cases >= 120);
}

TEST_CASE("dns: SPF says why, and when the oldest answer was given") {
    const auto ip = *domain::parse_ip("192.0.2.4");
    TableResolver resolver;
    resolver.add("late.example", domain::RecordType::txt, "v=spf1 a:slow.example -all")
        .fail("slow.example", "the server refused (REFUSED)");
    const auto late = dns::check_spf(resolver, {ip, "a@late.example", "h.example"});
    CHECK(late.result == SpfResult::temperror);
    CHECK(late.reason == "the server refused (REFUSED)");
    CHECK(late.asked_at == resolver.now);
    CHECK(late.domain == "late.example");
    CHECK_FALSE(late.of_helo);

    const auto helo = dns::check_spf(resolver, {ip, "", "nowhere.example"});
    CHECK(helo.of_helo);
    CHECK(helo.domain == "nowhere.example");
    CHECK(helo.result == SpfResult::none);
}

TEST_CASE("dns: SPF does not repeat what a record says") {
    const auto ip = *domain::parse_ip("192.0.2.4");
    TableResolver resolver;
    resolver.add("a.example", domain::RecordType::txt, "v=spf1 -all exp=b.example")
        .add("b.example", domain::RecordType::txt, "call this number")
        .add("c.example", domain::RecordType::txt, "v=spf1 callthisnumber:x -all");
    for (const char* sender : {"a@a.example", "a@c.example"}) {
        const auto finding = dns::check_spf(resolver, {ip, sender, "h.example"});
        CHECK(finding.reason.find("number") == std::string::npos);
        CHECK_FALSE(finding.reason.empty());
    }
}

TEST_CASE("dns: macros expand as the examples of RFC 7208 section 7.4 do") {
    dns::SpfMacros macros{
        *domain::parse_ip("192.0.2.3"), "strong-bad", "email.example.com", "email.example.com", "mail.example.com", [] {
            return std::string("mx.example.com");
        }};
    const std::pair<const char*, const char*> v4[] = {
        {"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d3}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
        {"%{p}.%%%_%-.%{h}.", "mx.example.com.% %20.mail.example.com"},
    };
    for (const auto& [spec, expected] : v4)
        CHECK(dns::expand(spec, macros) == expected);
    macros.ip = *domain::parse_ip("2001:db8::cb01");
    CHECK(dns::expand("%{ir}.%{v}._spf.%{d2}", macros) ==
          "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
    macros.local = "~jack&jill=up";
    CHECK(dns::expand("%{L}.example", macros) == "~jack%26jill%3Dup.example");
}

TEST_CASE("dns: a name that became too long loses labels on its left") {
    const dns::SpfMacros macros{
        *domain::parse_ip("192.0.2.3"), "a", std::string(60, 'o') + ".example", "d.example", "h.example",
        [] { return std::string(); }};
    const std::string name = dns::expand("first.%{o}.%{o}.%{o}.%{o}.last.example", macros);
    CHECK(name.size() <= 253);
    CHECK(name.find("first") == std::string::npos);
    CHECK(name.substr(name.size() - 12) == "last.example");
}

TEST_CASE("dns: no SPF record costs more than its length") {
    const std::string hostile[] = {
        "v=spf1 " + std::string(60'000, 'a'),
        "v=spf1 a:" + std::string(60'000, '.'),
        "v=spf1 exists:" + std::string(30'000, '%'),
        "v=spf1 a:" + std::string(20'000, 'a') + std::string(20'000, '/'),
        "v=spf1 x=" + std::string(50'000, '%') + "{d",
        "v=spf1 a:%{d" + std::string(50'000, '9') + "}.example",
    };
    for (const std::string& text : hostile)
        CHECK_NOTHROW(dns::parse_spf(text));
}
