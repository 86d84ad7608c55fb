#include <catch2/catch.hpp>
#include <stdexcept>

#include "attribute/rungs.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using domain::RecipientStatus;

namespace {

mail::Fields fields(std::initializer_list<std::pair<const char*, const char*>> list) {
    mail::Fields out;
    for (const auto& [name, value] : list)
        out.add(name, value);
    return out;
}

domain::Recipient find(const mail::Fields& report, const mail::Fields& original,
                       const domain::ReadingRules& rules = {}) {
    std::vector<domain::Defect> defects;
    return attribute::find_recipient({{}, report, original, rules, {}, {}}, defects);
}

const domain::RungOutcome& rung(const domain::Recipient& recipient, std::string_view name) {
    for (const domain::RungOutcome& one : recipient.ladder)
        if (one.rung == name)
            return one;
    throw std::runtime_error("no such rung");
}

std::string verp(const char* sender, const domain::ReadingRules& rules = {}) {
    const auto recipient = find({}, fields({{"Return-Path", sender}}), rules);
    return recipient.addresses.empty() ? "" : recipient.addresses.front().text();
}

} // namespace

TEST_CASE("attribute: a redacted field does not win over a VERP address") {
    const auto recipient = find(fields({{"Original-Rcpt-To", "redacted@example.net"}}),
                                fields({{"Return-Path", "<b+user=example.org@sender.example>"}}));
    CHECK(recipient.status == RecipientStatus::known);
    CHECK(recipient.addresses.front().text() == "user@example.org");
    CHECK(recipient.from == "verp: Return-Path");
    CHECK_FALSE(rung(recipient, "report-field").held);
    CHECK(rung(recipient, "report-field").why.find("masked") != std::string::npos);
    CHECK(rung(recipient, "verp").held);
}

TEST_CASE("attribute: the number of a subscriber is a name where no address is, and stands beside one") {
    const char* person = "9f3c1c1a-7a55-4b0e-8f0e-2f6f0b9d4c33";
    const auto masked =
        find(fields({{"Original-Rcpt-To", "redacted@example.net"}}), fields({{"X-Listmonk-Subscriber", person}}));
    CHECK(masked.addresses.empty());
    REQUIRE(masked.subscribers.size() == 1);
    CHECK(masked.subscribers[0].system == "listmonk");
    CHECK(rung(masked, "list-software").held);
    CHECK(masked.basis == domain::Basis::own_key);
    const auto both = find(
        {}, fields({{"X-ListMember", "user@example.org"}, {"Return-Path", "<b+user=example.org@sender.example>"}}));
    CHECK(both.from == "verp: Return-Path");
    CHECK(rung(both, "list-software").why.find("agrees with verp") != std::string::npos);
    domain::ReadingRules rules;
    rules.own_domains = {"sender.example"};
    const auto torn = find(
        {}, fields({{"X-ListMember", "other@example.org"}, {"Return-Path", "<b+user=example.org@sender.example>"}}),
        rules);
    CHECK(torn.conflict);
}

TEST_CASE("attribute: a long token stands for one mail, a short one for the mails of a day") {
    domain::ReadingRules rules;
    attribute::TokenReading tokens;
    tokens.claims = domain::TokenClaims{domain::parse_address("user@example.org"), {}, {}, {}, 60};
    tokens.text = "the token";
    std::vector<domain::Defect> defects;
    const auto recipient = [&] { return attribute::find_recipient({{}, {}, {}, rules, tokens, {}, {}}, defects); };
    CHECK_FALSE(recipient().token);
    CHECK(recipient().basis == domain::Basis::token);
    tokens.names_one_mail = true;
    REQUIRE(recipient().token);
    CHECK(recipient().token->text == "the token");
}

TEST_CASE("attribute: what we wrote outranks the report's word, which is told and no contradiction") {
    domain::ReadingRules rules;
    rules.own_domains = {"sender.example"};
    const auto recipient = find(fields({{"Original-Rcpt-To", "behind@example.net"}}),
                                fields({{"X-HmXmrOriginalRecipient", "behind@example.net"},
                                        {"Return-Path", "b+written=example.org@sender.example"}}),
                                rules);
    REQUIRE(recipient.addresses.size() == 1);
    CHECK(recipient.addresses[0].text() == "written@example.org");
    CHECK(recipient.basis == domain::Basis::own_key);
    CHECK_FALSE(recipient.conflict);
    CHECK_FALSE(rung(recipient, "report-field").held);
    CHECK(rung(recipient, "report-field").why.find("verp names somebody else") != std::string::npos);
}

TEST_CASE("attribute: a VERP sender is our own key only where its domain is known to be ours") {
    const auto original = fields({{"Return-Path", "b+user=example.org@sender.example"}});
    CHECK(find({}, original).basis == domain::Basis::claimed);
    domain::ReadingRules rules;
    rules.own_domains = {"sender.example"};
    CHECK(find({}, original, rules).basis == domain::Basis::own_key);
}

TEST_CASE("attribute: a hash says more than a mask, a mask more than nothing") {
    CHECK(find(fields({{"Original-Rcpt-To", "redacted"}}), fields({{"X-HmXmrOriginalRecipient", "hashed@example.com"}}))
              .status == RecipientStatus::hashed);
    CHECK(find(fields({{"Original-Rcpt-To", "redacted"}}), {}).status == RecipientStatus::masked);
    CHECK(find(fields({{"Original-Rcpt-To", ""}}), {}).status == RecipientStatus::absent);
    CHECK(find({}, {}).from.empty());
}

TEST_CASE("attribute: every VERP form that list managers and mail servers write is read") {
    const std::pair<const char*, const char*> table[] = {
        {"list-bounces+user=example.org@lists.sender.example", "user@example.org"},     // Mailman
        {"bounce+user==a==example.org==list@lists.sender.example", "user@example.org"}, // Sympa
        {"bounce+user==d==example.org@lists.sender.example", "user@example.org"},       // Sympa, digest
        {"user==a==example.org==list@lists.sender.example", "user@example.org"},        // Sympa without prefix
        {"list+bounces-17-user=example.org@lists.sender.example", "user@example.org"},  // mlmmj
        {"list-return-42-user=example.org@lists.sender.example", "user@example.org"},   // ezmlm
        {"bounce+user=example.org@sender.example", "user@example.org"},                 // Postfix
        {"bounce+user+tag=example.org@sender.example", "user+tag@example.org"},         // the recipient has a tag too
    };
    for (const auto& [sender, expected] : table) {
        INFO(sender);
        CHECK(verp(sender) == expected);
    }
}

TEST_CASE("attribute: what only looks like VERP names nobody") {
    for (const char* sender :
         {"bounces@sender.example", "bounce+4711@sender.example", "bounce+campaign=42@sender.example",
          "bounce+spring=2026.11@sender.example", "SRS0+HHH=TT=example.com=john.doe@sender.example",
          "prvs=1234abcd=john@sender.example", "bounce+redacted=example.org@sender.example",
          "bounce+cb4a01a48251d4765f489076aa81e2a4=example.org@sender.example", "<>", ""}) {
        INFO(sender);
        CHECK(verp(sender).empty());
    }
}

TEST_CASE("attribute: a VERP sender is believed in the own domains only, if those are set") {
    domain::ReadingRules rules;
    rules.own_domains = {"sender.example"};
    CHECK(verp("b+user=example.org@sender.example", rules) == "user@example.org");
    CHECK(verp("b+user=example.org@bounce.sender.example", rules) == "user@example.org");
    CHECK(verp("b+user=example.org@evilsender.example", rules).empty());
    CHECK(verp("b+user=example.org@example.com", rules).empty());
}

TEST_CASE("attribute: configured VERP patterns come first, with either kind of groups") {
    domain::ReadingRules rules;
    rules.verp_patterns = {R"(^x-(?<local>[^@]+)-at-(?<domain>[^@]+)@)", R"(^y\.(?<address>[^@]+)@)"};
    CHECK(verp("x-user-at-example.org@sender.example", rules) == "user@example.org");
    CHECK(verp("y.user=example.org@sender.example", rules) == "user@example.org");
    CHECK(verp("list-bounces+user=example.org@sender.example", rules) == "user@example.org");
    rules.verp_patterns = {"(?<local>a)"};
    CHECK_THROWS_AS(verp("b@sender.example", rules), util::Fault);
}

TEST_CASE("attribute: the To field is believed only where the rules say so, and only if it names one mailbox") {
    domain::ReadingRules rules;
    CHECK(find({}, fields({{"To", "user@example.org"}}), rules).status == RecipientStatus::absent);
    rules.believe_envelope_to = true;
    CHECK(find({}, fields({{"To", "\"U, ser\" <user@example.org>"}}), rules).addresses.at(0).text() ==
          "user@example.org");
    CHECK(find({}, fields({{"To", "a@example.org, b@example.org"}}), rules).status == RecipientStatus::absent);
    CHECK(find({}, fields({{"To", "a@example.org, b@example.org"}, {"Delivered-To", "c@example.org"}}), rules)
              .addresses.at(0)
              .text() == "c@example.org");
    CHECK(find({}, fields({{"To", "undisclosed-recipients:;"}}), rules).status == RecipientStatus::masked);
}

TEST_CASE("attribute: recipients are listed once and up to the limit") {
    domain::ReadingRules rules;
    rules.limits.recipients = 3;
    mail::Fields report;
    for (int i = 0; i < 10; ++i) {
        report.add("Original-Rcpt-To", "u" + std::to_string(i) + "@example.org");
        report.add("Original-Rcpt-To", "U" + std::to_string(i) + "@EXAMPLE.org");
    }
    std::vector<domain::Defect> defects;
    const auto recipient = attribute::find_recipient({{}, report, {}, rules, {}, {}}, defects);
    CHECK(recipient.addresses.size() == 3);
    REQUIRE(defects.size() == 1);
    CHECK(defects[0].code == "too-many-recipients");
    rules.limits.recipients = 1000;
    CHECK(find(report, {}, rules).addresses.size() == 10);
}

TEST_CASE("attribute: what list software wrote confirms the report's word, or contradicts it") {
    const auto recipient = [](const char* pattern_value, const char* rcpt) {
        domain::ReadingRules rules;
        rules.subscriber_patterns = {"X-Mine: ^(?<address>[^ ]+)$"};
        return find(fields({{"Original-Rcpt-To", rcpt}}), fields({{"X-Mine", pattern_value}}), rules);
    };
    const auto confirmed = recipient("user@example.org", "User@example.org");
    CHECK(confirmed.basis == domain::Basis::own_key);
    CHECK_FALSE(confirmed.conflict);
    const auto other = recipient("other@example.org", "user@example.org");
    CHECK(other.addresses.at(0).text() == "user@example.org");
    CHECK(other.conflict);
}
