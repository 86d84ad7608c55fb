#include "dns/spf.hpp"

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
