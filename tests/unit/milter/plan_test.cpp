#include "milter/plan.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using milter::Client;
using milter::Letter;
using milter::Plan;

namespace {

domain::StampingRules rules() {
    domain::StampingRules out;
    out.own_domains = {"sender.example"};
    out.own_networks = {*domain::parse_network("192.0.2.0/24")};
    out.headers = {"X-Jmrp-Token"};
    return out;
}

Letter letter(std::vector<std::string> recipients, std::string sender = "<news@sender.example>") {
    Letter out;
    out.sender = std::move(sender);
    out.recipients = std::move(recipients);
    return out;
}

Plan plan_of(const Letter& one, const domain::StampingRules& with = rules(),
             const Client& client = {domain::parse_ip("127.0.0.1"), false}) {
    return milter::plan(client, one, with);
}

Client from(const char* ip, bool authenticated = false) {
    return {domain::parse_ip(ip), authenticated};
}

} // namespace

TEST_CASE("milter: a mail to one is sealed for this one, a mail to more says an id") {
    const Plan one = plan_of(letter({"<a@outlook.example>"}));
    REQUIRE(one.stamp);
    REQUIRE(one.recipient);
    CHECK(one.recipient->text() == "a@outlook.example");
    const Plan two = plan_of(letter({"<a@outlook.example>", "<b@outlook.example>"}));
    CHECK(two.stamp);
    CHECK_FALSE(two.recipient);
    CHECK(two.recipients.size() == 2);
    // The copy of the colleague may be forwarded, and be what is complained about.
    CHECK_FALSE(plan_of(letter({"<a@outlook.example>", "<colleague@sender.example>"})).recipient);
}

TEST_CASE("milter: the same recipient twice is one") {
    const Plan plan = plan_of(letter({"<A@outlook.example>", "<a@OUTLOOK.example>"}));
    REQUIRE(plan.recipient);
    CHECK(plan.recipient->text() == "A@outlook.example");
}

TEST_CASE("milter: mail of strangers and mail that stays at home is left alone") {
    const Letter mail = letter({"<a@outlook.example>"});
    CHECK(plan_of(mail, rules(), from("192.0.2.7")).stamp);
    CHECK(plan_of(mail, rules(), from("10.1.2.3")).stamp);
    CHECK(plan_of(mail, rules(), {std::nullopt, false}).stamp); // the sendmail command
    CHECK_FALSE(plan_of(mail, rules(), from("198.51.100.1")).stamp);
    CHECK(plan_of(mail, rules(), from("198.51.100.1", true)).stamp);
    CHECK_FALSE(plan_of(letter({"<a@sender.example>", "<b@sub.sender.example>", "<root>"})).stamp);
    CHECK_FALSE(plan_of(letter({})).stamp);

    domain::StampingRules also_own = rules();
    also_own.own_recipients = true;
    CHECK(plan_of(letter({"<a@sender.example>"}), also_own).stamp);
    CHECK(plan_of(letter({"<root>"}), also_own).stamp);

    domain::StampingRules nobody = rules();
    nobody.clients = {};
    CHECK_FALSE(plan_of(mail, nobody, from("127.0.0.1")).stamp);
}

TEST_CASE("milter: the domain of the sender or of the author says whose mail it is") {
    CHECK(plan_of(letter({"<a@outlook.example>"}, "<x@bounce.SENDER.example>")).stamp);
    CHECK_FALSE(plan_of(letter({"<a@outlook.example>"}, "<x@notsender.example>")).stamp);
    CHECK_FALSE(plan_of(letter({"<a@outlook.example>"}, "<x@sender.example.other.example>")).stamp);
    CHECK_FALSE(plan_of(letter({"<a@outlook.example>"}, "<>")).stamp);
    CHECK_FALSE(plan_of(letter({"<a@outlook.example>"}, "")).stamp);

    Letter bounce = letter({"<a@outlook.example>"}, "<>");
    for (const char* author :
         {"News <news@sender.example>", "news@sender.example", "\"a@other.example\" <n@sender.example> (x)"}) {
        bounce.from = author;
        CHECK(plan_of(bounce).stamp);
    }
    for (const char* author :
         {"\"x@sender.example\" <a@other.example>", "<", "<@", "x@sender.example <a@other.example"}) {
        bounce.from = author;
        CHECK_FALSE(plan_of(bounce).stamp);
    }

    domain::StampingRules all = rules();
    all.scope = domain::StampScope::all;
    CHECK(plan_of(letter({"<a@outlook.example>"}, "<who@customer.example>"), all).stamp);
}

TEST_CASE("milter: a recipient that is no address of ours, or too long for a token, makes it a mail with an id") {
    const Plan literal = plan_of(letter({"<a@[192.0.2.1]>"}));
    CHECK(literal.stamp);
    CHECK_FALSE(literal.recipient);
    CHECK(literal.recipients.empty());
    CHECK_FALSE(plan_of(letter({"<a@outlook.example>", "<a@[192.0.2.1]>"})).recipient);

    const std::string domain =
        std::string(63, 'd') + "." + std::string(63, 'd') + "." + std::string(60, 'd') + ".example";
    const Plan longest = plan_of(letter({"<" + std::string(64, 'l') + "@" + domain + ">"}));
    CHECK(longest.stamp);
    CHECK_FALSE(longest.recipient);
    CHECK(longest.recipients.size() == 1);
}
