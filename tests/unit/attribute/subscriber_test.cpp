#include <catch2/catch.hpp>
#include <chrono>

#include "attribute/subscriber.hpp"
#include "util/base_codes.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using attribute::read_subscribers;

namespace {

mail::Fields fields(std::initializer_list<std::pair<const char*, std::string>> list) {
    mail::Fields out;
    for (const auto& [name, value] : list)
        out.add(name, value);
    return out;
}

/// "system id" of every subscriber, then the address, in one line.
std::string read(const char* field, const std::string& value, const std::vector<std::string>& patterns = {}) {
    const auto reading = read_subscribers(fields({{field, value}}), "", patterns);
    std::string out;
    for (const domain::Subscriber& subscriber : reading.subscribers)
        out += (out.empty() ? "" : ", ") + subscriber.system + " " + subscriber.id;
    if (reading.address)
        out += (out.empty() ? "" : ", ") + reading.address->text();
    CHECK(reading.field.empty() == out.empty());
    return out;
}

const std::string campaign = "5b1d0c52-09d4-4b39-9b1e-6a0d5c1f7e11";
const std::string person = "9f3c1c1a-7a55-4b0e-8f0e-2f6f0b9d4c33";

} // namespace

TEST_CASE("subscriber: listmonk") {
    CHECK(read("x-listmonk-subscriber", person) == "listmonk " + person);
    CHECK(read("List-Unsubscribe", "<https://lists.sender.example/subscription/" + campaign + "/" + person + ">") ==
          "listmonk " + person);
    CHECK(read("List-Unsubscribe", "<mailto:u@sender.example>, <https://lists.sender.example/subscription/" +
                                       campaign.substr(0, 20) + "  " + campaign.substr(20) + "/" + person + "?x=1>") ==
          "listmonk " + person);
    CHECK(read("X-Listmonk-Subscriber", "00000000-0000-0000-0000-000000000000").empty());
    CHECK(read("X-Listmonk-Subscriber", "somebody").empty());
    const auto reading = read_subscribers(
        fields({{"X-Listmonk-Subscriber", person},
                {"List-Unsubscribe", "<https://lists.sender.example/subscription/" + campaign + "/" + person + ">"}}),
        "", {});
    CHECK(reading.subscribers.size() == 1);
    CHECK(reading.field == "X-Listmonk-Subscriber");
    CHECK(reading.why == "X-Listmonk-Subscriber names listmonk subscriber " + person);
}

TEST_CASE("subscriber: MailWizz") {
    CHECK(read("X-Mw-Subscriber-Uid", "rq123wv4xy567") == "mailwizz rq123wv4xy567");
    CHECK(read("List-Unsubscribe",
               "<https://mail.sender.example/lists/ab123cd456efg/unsubscribe/rq123wv4xy567/"
               "zz999yy888xxx/unsubscribe-direct?source=email-client-unsubscribe-button>") == "mailwizz rq123wv4xy567");
}

TEST_CASE("subscriber: Mautic, with and without the address") {
    CHECK(read("List-Unsubscribe", "<https://m.sender.example/email/unsubscribe/65f1c0ffee0123456789ab>") ==
          "mautic 65f1c0ffee0123456789ab");
    CHECK(read("List-Unsubscribe", "<https://m.sender.example/email/unsubscribe/65f1c0ffee0123456789ab/"
                                   "alice%40outlook.example/0123456789abcdef>,<mailto:u@sender.example>") ==
          "mautic 65f1c0ffee0123456789ab, alice@outlook.example");
    CHECK(read("List-Unsubscribe", "<https://m.sender.example/email/dnc/65f1c0ffee0123456789ab/alice@outlook.example/"
                                   "0123456789abcdef>") == "mautic 65f1c0ffee0123456789ab, alice@outlook.example");
}

TEST_CASE("subscriber: phpList, where a provider may have masked the address") {
    CHECK(read("X-ListMember", "alice@outlook.example") == "alice@outlook.example");
    CHECK(read("X-ListMember", "redacted@outlook.example").empty());
    CHECK(read("X-ListMember", "0123456789abcdef0123456789abcdef@outlook.example").empty());
    CHECK(read("List-Unsubscribe",
               "<https://sender.example/lists/?p=unsubscribe&uid=1bbf5b37bbb1df69698c4b89e1429474&jo=1>") ==
          "phplist 1bbf5b37bbb1df69698c4b89e1429474");
    CHECK(read("List-Unsubscribe",
               "<https://sender.example/lists/?p=unsubscribe&amp;uid=1bbf5b37bbb1df69698c4b89e1429474>") ==
          "phplist 1bbf5b37bbb1df69698c4b89e1429474");
}

TEST_CASE("subscriber: Sendy") {
    CHECK(read("List-Unsubscribe",
               "<https://s.sender.example/unsubscribe/hX8921mYqEo0Zk763iQ/Jq7892EoPz1kQ/Vn892TtB3xyz>") ==
          "sendy hX8921mYqEo0Zk763iQ");
    CHECK(read("List-Unsubscribe", "<https://s.sender.example/newsletter/unsubscribe/4711>").empty());
}

TEST_CASE("subscriber: CiviCRM, in four places") {
    const char* hash = "0123456789abcdef";
    CHECK(read("List-Unsubscribe", std::string("<mailto:civi+u.12.3456.") + hash + "@sender.example>") ==
          "civicrm 3456");
    CHECK(read("List-Unsubscribe",
               std::string("<https://sender.example/civicrm/mailing/unsubscribe?reset=1&jid=12&qid=3456&h=") + hash +
                   ">") == "civicrm 3456");
    CHECK(read("Message-ID", std::string("<m.3456.") + hash + "@sender.example>") == "civicrm 3456");
    CHECK(read("Message-ID", std::string("<civi+m.12.3456.") + hash + "@sender.example>") == "civicrm 3456");
    CHECK(read("Return-Path", std::string("<civi+b.12.3456.") + hash + "@sender.example>") == "civicrm 3456");
    CHECK(read("Message-ID", "<m.3456.20261122@sender.example>").empty());
    const auto said = read_subscribers({}, std::string("b.12.3456.") + hash + "@sender.example", {});
    REQUIRE(said.subscribers.size() == 1);
    CHECK(said.field == "Original-Mail-From");
}

TEST_CASE("subscriber: Sympa's links to leave, Acelle's field") {
    CHECK(read("List-Unsubscribe",
               "<https://web.sender.example/sympa/auto_signoff/mylist?email=alice%40outlook.example>") ==
          "alice@outlook.example");
    CHECK(read("List-Unsubscribe", "<https://web.sender.example/sympa/auto_signoff/mylist/alice%40outlook.example>") ==
          "alice@outlook.example");
    CHECK(read("X-Acelle-Subscriber-Id", "5f9f1b2a3c4d5") == "acelle 5f9f1b2a3c4d5");
}

TEST_CASE("subscriber: KumoMTA's reference, under whatever name") {
    const auto kumo = [](const std::string& json) { return util::base64(json); };
    const std::string one = kumo(R"({"_@_":"\\_/","recipient":"alice@outlook.example"})");
    CHECK(read("X-KumoRef", one) == "alice@outlook.example");
    CHECK(read("X-My-Trace", one.substr(0, 30) + " " + one.substr(30)) == "alice@outlook.example");
    CHECK(read("X-KumoRef", kumo(R"({"_@_":"\\_/","tenant":"x","recipient": ["alice@outlook.example"]})")) ==
          "alice@outlook.example");
    CHECK(read("X-KumoRef", kumo(R"({"_@_":"\\_/","recipient":["alice@outlook.example","bob@outlook.example"]})"))
              .empty());
    CHECK(read("X-Other", kumo(R"({"recipient":"alice@outlook.example"})")).empty());
    CHECK(read("Subject", one).empty());
}

TEST_CASE("subscriber: patterns of the configuration, with and without a field") {
    CHECK(read("X-My-Subscriber", "4711", {"X-My-Subscriber: ^(?<id>[0-9]+)$"}) == "own 4711");
    CHECK(read("List-Unsubscribe", "<https://sender.example/leave/ab%2Bcd>", {"/leave/(?<id>[^/]+)"}) == "own ab+cd");
    CHECK(read("Message-ID", "<shop-4711.17@sender.example>", {"^<(?<system>[a-z]+)-(?<id>[0-9]+)\\."}) == "shop 4711");
    CHECK(read("X-To", "alice@outlook.example", {"X-To: ^(?<address>.+)$"}) == "alice@outlook.example");
    CHECK(read("X-Other", "4711", {"X-My-Subscriber: ^(?<id>[0-9]+)$"}).empty());
    CHECK(read("X-My-Subscriber", "a b", {"X-My-Subscriber: ^(?<id>.*)$"}).empty());
    attribute::check_subscriber_pattern("X-My-Subscriber: ^(?<id>[0-9]+)$");
    CHECK_THROWS_AS(attribute::check_subscriber_pattern("X-My-Subscriber: ^[0-9]+$"), util::Fault);
    CHECK_THROWS_AS(attribute::check_subscriber_pattern("(?<id>"), util::Fault);
}

TEST_CASE("subscriber: the same person in two places is no conflict, two addresses are") {
    const std::string kumo = util::base64(R"({"_@_":"\\_/","recipient":"bob@outlook.example"})");
    CHECK(read_subscribers(fields({{"X-ListMember", "alice@outlook.example"}, {"X-KumoRef", kumo}}), "", {}).conflict);
    CHECK_FALSE(
        read_subscribers(fields({{"X-ListMember", "Bob@outlook.example"}, {"X-KumoRef", kumo}}), "", {}).conflict);
}

TEST_CASE("subscriber: ordinary fields say nothing, and hostile ones cost little") {
    CHECK(read("List-Unsubscribe", "<mailto:list-leave@lists.sender.example>").empty());
    CHECK(read("List-Unsubscribe", "<https://lists.sender.example/mailman/options/news>, "
                                   "<mailto:news-request@lists.sender.example?subject=unsubscribe>")
              .empty());
    CHECK(read("Message-ID", "<20261122.4711@sender.example>").empty());
    CHECK(read_subscribers({}, "", {}).why == "no list software left a mark that is known");
    mail::Fields many;
    for (int i = 0; i < 2000; ++i) {
        many.add("List-Unsubscribe", "<" + std::string(250, '/') + "unsubscribe/" + std::string(250, 'a') + ">");
        many.add("X-A", "eyJ" + std::string(200, 'A'));
        many.add("Message-ID", "<" + std::string(400, 'm') + "m.1.");
    }
    std::string wide;
    for (int i = 1; i < 10'000; ++i)
        wide += "<https://x.example/email/unsubscribe/" + std::to_string(i) + "0000000>";
    many.add("List-Unsubscribe", wide);
    const auto begun = std::chrono::steady_clock::now();
    CHECK(read_subscribers(many, std::string(100'000, 'b'), {}).subscribers.empty());
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
    CHECK(read_subscribers(fields({{"List-Unsubscribe", wide}}), "", {}).subscribers.size() ==
          attribute::most_subscribers);
}
