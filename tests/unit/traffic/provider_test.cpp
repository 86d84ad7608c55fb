#include "traffic/provider.hpp"

#include <catch2/catch.hpp>

using jmrp::traffic::provider_of;

TEST_CASE("provider: consumer mailboxes of Microsoft") {
    for (const char* host :
         {"hotmail-com.olc.protection.outlook.com", "outlook-com.olc.protection.outlook.com",
          "eur.olc.protection.outlook.com", "apc.olc.protection.outlook.com", "nam.olc.protection.outlook.com",
          "msn-com.olc.protection.outlook.com", "hotmail-com.OLC.Protection.Outlook.com.", "mx1.hotmail.com",
          "mx2.hotmail.com", "mx3.hotmail.com", "mx4.hotmail.com"})
        CHECK(provider_of(host) == "outlook.com");
}

TEST_CASE("provider: hosted mailboxes of Microsoft are another list with another door") {
    for (const char* host : {"example-com.mail.protection.outlook.com", "example-com.mail.protection.outlook.com.",
                             "example-com.a-v1.mx.microsoft", "example-com.mail.protection.office365.us",
                             "example-com.mail.protection.partner.outlook.cn", "example-com.partner.outlook.cn"})
        CHECK(provider_of(host) == "office365");
}

TEST_CASE("provider: others") {
    CHECK(provider_of("gmail-smtp-in.l.google.com") == "gmail.com");
    CHECK(provider_of("alt1.gmail-smtp-in.l.google.com") == "gmail.com");
    CHECK(provider_of("aspmx.l.google.com") == "google-workspace");
    CHECK(provider_of("mta5.am0.yahoodns.net") == "yahoo.com");
}

TEST_CASE("provider: a name that only looks like one is somebody else's") {
    for (const char* host :
         {"olc.protection.outlook.com.evil.example", "evil-olc.protection.outlook.com.example",
          "olc.protection.outlook.com", "mail.protection.outlook.com", "notmx.microsoft", "mx.microsoft",
          "mx5.hotmail.com", "xmx1.hotmail.com", "protection.outlook.com", "outlook.com", "127.0.0.1", ".", ""})
        CHECK(provider_of(host) == "other");
}

TEST_CASE("provider: configured suffixes come first, in their order") {
    CHECK(provider_of("mx.mail.example", {{".mail.example", "ours"}, {"mx.mail.example", "never"}}) == "ours");
    CHECK(provider_of("eur.olc.protection.outlook.com", {{".protection.outlook.com", "microsoft"}}) == "microsoft");
    CHECK(provider_of("mail.example", {{".mail.example", "ours"}}) == "other");
}
