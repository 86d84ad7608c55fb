#include "dns/cache.hpp"

#include <catch2/catch.hpp>

#include "support/table_resolver.hpp"
#include "util/clock.hpp"

using namespace jmrp;
using domain::DnsAnswer;
using domain::DnsOutcome;
using domain::RecordType;
using test::TableResolver;

namespace {

const domain::DnsQuestion question{"mail.sender.example", RecordType::a, {}};

struct Kept {
    std::map<std::string, DnsAnswer> answers;
    dns::Memory memory() {
        return {[this](const std::string& text) {
                    const auto found = answers.find(text);
                    return found == answers.end() ? std::nullopt : std::optional(found->second);
                },
                [this](const std::string& text, const DnsAnswer& answer) { answers[text] = answer; }};
    }
};

} // namespace

TEST_CASE("dns: an answer outlives its text, whatever bytes it has") {
    const DnsAnswer odd{DnsOutcome::answer, {"plain", "", std::string("\0\x01\n\\\"\x7f\xff", 7), "two words"}, {}, 5};
    const std::string content = domain::content_of(odd);
    for (const char c : content)
        CHECK((c == '\n' || (c >= 0x20 && c < 0x7F)));
    CHECK(domain::dns_answer_of(DnsOutcome::answer, content, 5) == odd);
    const DnsAnswer failed{DnsOutcome::failure, {}, "no answer in time", 7};
    CHECK(domain::dns_answer_of(DnsOutcome::failure, domain::content_of(failed), 7) == failed);
    CHECK_FALSE(domain::dns_answer_of(DnsOutcome::answer, "no end", 5));
    CHECK_FALSE(domain::dns_answer_of(DnsOutcome::answer, "\\999\n", 5));
    CHECK_FALSE(domain::dns_answer_of(DnsOutcome::answer, "\\1\n", 5));
}

TEST_CASE("dns: a fresh answer is given again, an old one is asked for, a failure always") {
    const util::Seconds now = util::now();
    Kept kept;
    TableResolver below;
    below.now = now;
    below.add(question.name, RecordType::a, "192.0.2.7");
    kept.answers[question.text()] = {DnsOutcome::answer, {"192.0.2.1"}, {}, now - 100};
    CHECK(dns::Cache(&below, kept.memory(), 300).ask(question).values.front() == "192.0.2.1");
    CHECK(below.asked.empty());
    CHECK(dns::Cache(&below, kept.memory(), 50).ask(question).values.front() == "192.0.2.7");
    CHECK(kept.answers[question.text()].values.front() == "192.0.2.7");
    kept.answers[question.text()] = {DnsOutcome::failure, {}, "no answer in time", now};
    CHECK(dns::Cache(&below, kept.memory(), 300).ask(question).outcome == DnsOutcome::answer);
    kept.answers[question.text()].asked_at = now + 10'000; // a clock that was set back
    CHECK(dns::Cache(&below, kept.memory(), 300).ask(question).outcome == DnsOutcome::answer);
    CHECK(below.asked.size() == 3);
}

TEST_CASE("dns: offline gives what was answered before, however old") {
    Kept kept;
    kept.answers[question.text()] = {DnsOutcome::answer, {"192.0.2.1"}, {}, 1'000};
    dns::Cache offline(nullptr, kept.memory(), 300);
    CHECK(offline.ask(question).asked_at == 1'000);
    const auto never = offline.ask({"other.example", RecordType::a, {}});
    CHECK(never.outcome == DnsOutcome::failure);
    CHECK(never.why.find("offline") != std::string::npos);
    CHECK(kept.answers.size() == 1);
}

TEST_CASE("dns: a question is asked once in a run") {
    Kept kept;
    TableResolver below;
    dns::Cache cache(&below, kept.memory(), 0);
    CHECK(cache.ask(question).outcome == DnsOutcome::no_such_name);
    CHECK(cache.ask({"MAIL.sender.example", RecordType::a, {}}).outcome == DnsOutcome::no_such_name);
    CHECK(below.asked.size() == 1);
}
