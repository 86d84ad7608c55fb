#include "cli/delist/decision_text.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "reputation/gate.hpp"
#include "unit/reputation/safe_evidence.hpp"
#include "util/text.hpp"

using namespace jmrp;
using namespace jmrp::testing;

namespace {

std::string text_of(const domain::Evidence& evidence) {
    return cli::decision_text(reputation::decide(evidence, {}), evidence, {});
}

std::string with(void (*change)(domain::Evidence&)) {
    domain::Evidence evidence = safe_evidence();
    change(evidence);
    return text_of(evidence);
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

TEST_CASE("decision text: the first line is the answer") {
    CHECK(first_line(text_of(safe_evidence())) == "SAFE to ask Outlook.com about 192.0.2.10 now");
    CHECK(first_line(with([](domain::Evidence& of) { of.address->value.own = false; })) ==
          "NOT SAFE to ask Outlook.com about 192.0.2.10 now");
    CHECK(first_line(with([](domain::Evidence& of) { of.contact.reset(); })) ==
          "UNKNOWN whether it is safe to ask Outlook.com about 192.0.2.10 now");
    CHECK(first_line(with([](domain::Evidence& of) { of.complainants->value.unnamed = 20; })) ==
          "A PERSON must decide whether to ask Outlook.com about 192.0.2.10 now");
    CHECK(first_line(with([](domain::Evidence& of) {
              of.fleet->value = {4, 4, noon - an_hour, false};
          })) == "WAIT until 2024-10-05 11:00 UTC (in 23 h) before you ask Outlook.com about 192.0.2.10");
}

TEST_CASE("decision text: what to do is told once, numbered, and nothing where nothing is to be done") {
    const std::string text = with([](domain::Evidence& of) {
        of.pointer.reset();
        of.spamhaus.reset();
        of.contact.reset();
    });
    CHECK(text.find("What to do:\n  1. pointer, spamhaus: ask the DNS again: 'jmrp dns check'\n"
                    "  2. contact: name it in the configuration: delist.contact_email\n") != std::string::npos);
    CHECK(text_of(safe_evidence()).find("What to do") == std::string::npos);
}

TEST_CASE("decision text: every rule speaks, with figures, source and age of what it rests on") {
    const domain::Evidence evidence = safe_evidence();
    const std::string text = text_of(evidence);
    for (const domain::Ruling& ruling : reputation::decide(evidence, {}).reasons)
        CHECK(text.find("  met      " + ruling.rule) != std::string::npos);
    CHECK(text.find("block refusals 412\n") != std::string::npos);
    CHECK(text.find("by test, 1 h old\n") != std::string::npos);
    CHECK(with([](domain::Evidence& of) { of.spamhaus->at = 0; }).find("by test, never asked") != std::string::npos);
}

TEST_CASE("decision text: it fits 80 columns, and text from outside stays text") {
    const std::string text = with([](domain::Evidence& of) {
        of.spamhaus->value[0].listing = domain::Listing::unknown;
        of.spamhaus->value[0].reason =
            "\x1b[2Jthe zone \n answers " + std::string(30, 'x') + " with words that are long";
        of.complaints.reset();
    });
    CHECK(text.find('\x1b') == std::string::npos);
    for (const std::string_view line : util::split(text, '\n'))
        CHECK(line.size() <= 80);
}

TEST_CASE("decision text: where to ask is the door, and after a refusal its thread") {
    CHECK(text_of(safe_evidence())
              .ends_with("Where to ask:\n  the form for Outlook.com: http://go.microsoft.com/fwlink/?LinkID=614866\n"));
    const std::string refused = with([](domain::Evidence& of) {
        of.requests->value.push_back(
            {"1303529797", noon - 4 * a_day, domain::MitigationOutcome::not_qualified, noon - 3 * a_day});
    });
    CHECK(refused.find("a reply in the thread of ticket 1303529797, never a new form") != std::string::npos);
    CHECK(with([](domain::Evidence& of) {
              of.refusals->value[0].code = "S9999";
          }).find("Where to ask, once it is safe:\n  no door is known") != std::string::npos);
}
