#include "refusal/kept.hpp"

#include <catch2/catch.hpp>

#include "refusal/read.hpp"

using namespace jmrp;
using List = domain::BlockList;

namespace {

constexpr const char* blocked =
    "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet "
    "service provider since part of their network is on our block list (S3140).";

/// Whose servers said it, as far as is believed.
std::optional<List> servers(const char* text, const char* host, const char* recipient_domain,
                            const char* provider = "") {
    const domain::Rejection rejection = refusal::read({text, "", host, recipient_domain, {}}, {});
    return refusal::kept(rejection, {provider, host, recipient_domain, {}}, {"sender.example"}).servers;
}

} // namespace

TEST_CASE("kept: a refusal is of the servers that refused, whatever list their words name") {
    CHECK(servers(blocked, "hotmail-com.olc.protection.outlook.com", "hotmail.com") == List::outlook_com);
    CHECK(servers("550 5.7.606 Access denied, banned sending IP [192.0.2.10].", "x.mail.protection.outlook.com",
                  "customer.example") == List::office365);
    CHECK(servers("550 5.7.1 Service unavailable, Client host [192.0.2.10] blocked using Spamhaus.",
                  "x.mail.protection.outlook.com", "customer.example") == List::office365);
    CHECK(servers("451 4.7.1 odd words", "mx.elsewhere.example", "customer.example", "office365") == List::office365);
}

TEST_CASE("kept: a stranger's server that says what Microsoft's say is not believed, one of ours is") {
    CHECK_FALSE(servers(blocked, "mx.forwarder.example", "forwarder.example"));
    CHECK(servers(blocked, "relay.sender.example", "hotmail.com") == List::outlook_com);
    CHECK_FALSE(servers(blocked, "relay.notsender.example", "hotmail.com"));
}

TEST_CASE("kept: where nothing tells the server, the words that are Microsoft's alone do") {
    CHECK(servers(blocked, "", "") == List::outlook_com);
    CHECK(servers("550 5.7.511 Access denied, banned sender[192.0.2.10].", "", "") == List::office365);
    CHECK_FALSE(servers("550 5.7.1 Service unavailable, Client host [192.0.2.10] blocked using Spamhaus.", "", ""));
}

TEST_CASE("kept: what is about the recipient says nothing of an address of ours") {
    CHECK_FALSE(servers("550 5.5.0 Requested action not taken: mailbox unavailable",
                        "hotmail-com.olc.protection.outlook.com", "hotmail.com"));
}

TEST_CASE("kept: the address that the answer names goes before the one that the mail left from") {
    const auto at = [](const char* text) {
        const char* host = "hotmail-com.olc.protection.outlook.com";
        return refusal::kept(refusal::read({text, "", host, "hotmail.com", {}}, {}),
                             {"outlook.com", host, "hotmail.com", domain::parse_ip("192.0.2.99")}, {})
            .ip->text();
    };
    CHECK(at(blocked) == "192.0.2.10");
    CHECK(at("550 SC-001 Mail rejected by Windows Live Hotmail for policy reasons.") == "192.0.2.99");
}

TEST_CASE("kept: nobody's address is in the text") {
    using refusal::without_addresses;
    CHECK(without_addresses("550 5.1.1 <ann.b+c@hotmail.com>: no") == "550 5.1.1 <*@hotmail.com>: no");
    CHECK(without_addresses("to bounces+ann=hotmail.com@sender.example and \"a b\"@x.example") ==
          "to *@sender.example and *@x.example");
    CHECK(without_addresses("see https://x.example/?to=ann%40hotmail.com") == "see https:*%40hotmail.com");
    CHECK(without_addresses("no address @ all, [192.0.2.10]") == "no address @ all, [192.0.2.10]");
    CHECK(without_addresses("@x.example") == "@x.example");
}

TEST_CASE("kept: a text is short, valid and on one line") {
    using refusal::without_addresses;
    CHECK(without_addresses("a\x1b[31m\r\nb") == "a [31m  b");
    const std::string cut = without_addresses(std::string(499, 'x') + "\xC3\xA4\xC3\xA4");
    CHECK(cut == std::string(499, 'x'));
    CHECK(without_addresses(std::string(100'000, '@') + "x").size() <= refusal::most_text);
    CHECK(without_addresses("\xFF").find("\xFF") == std::string::npos);
}

TEST_CASE("kept: only a mailbox that is not there is gone") {
    const auto gone = [](const char* text) {
        return refusal::says_no_mailbox(
            refusal::read({text, "", "hotmail-com.olc.protection.outlook.com", "hotmail.com", {}}, {}));
    };
    CHECK(gone("550 5.5.0 Requested action not taken: mailbox unavailable"));
    CHECK(gone("550 5.1.1 user unknown"));
    CHECK_FALSE(gone("552 5.2.2 mailbox full"));
    CHECK_FALSE(gone("550 5.2.122 recipient exceeded its hourly limit"));
    CHECK_FALSE(gone(blocked));
}
