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

TEST_CASE("kept: a text is short, valid, on one line, and names nobody") {
    using refusal::kept_text;
    CHECK(kept_text("550 5.1.1 <ann.b+c@hotmail.com>: no") == "550 5.1.1 <***@hotmail.com>: no");
    CHECK(kept_text("a\x1b[31m\r\nb") == "a [31m  b");
    const std::string cut = kept_text(std::string(498, 'x') + " \xC3\xA4\xC3\xA4");
    CHECK(cut == std::string(498, 'x') + " ");
    CHECK(kept_text(std::string(100'000, '@') + "x").size() <= refusal::most_text);
    CHECK(kept_text("\xFF").find('\xFF') == std::string::npos);
    std::string many; // so that a return path is cut in its middle
    for (int i = 0; i < 27; ++i)
        many += "<" + std::string(60, 'y') + "@x.example>";
    many += std::string(35, ' ');
    CHECK(kept_text(many + "bounces+ann=hotmail.com@sender.example").find("ann") == std::string::npos);
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
