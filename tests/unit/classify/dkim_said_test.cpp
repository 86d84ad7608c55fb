#include "classify/dkim_said.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using Said = std::optional<std::vector<std::string>>;

namespace {

const domain::Ip ip = *domain::parse_ip("192.0.2.10");

Said said(std::initializer_list<std::pair<const char*, const char*>> fields) {
    mail::Fields original;
    for (const auto& [name, value] : fields)
        original.add(name, value);
    return classify::read_dkim_said(original, ip);
}

constexpr const char* hop =
    "from mail.sender.example ([192.0.2.10]) by mx.protection.outlook.com with SMTP; Sun, 22 Nov "
    "2026 08:00:00 +0000";
constexpr const char* inner =
    "from a.prod.outlook.com (2001:db8::1) by b.prod.outlook.com; Sun, 22 Nov 2026 08:00:01 +0000";

} // namespace

TEST_CASE("dkim said: both shapes of Microsoft's, each signature that is right, in lower case") {
    CHECK(said({{"Authentication-Results",
                 "hotmail.com; spf=pass (sender IP is 192.0.2.10) smtp.mailfrom=b@sender.example; "
                 "dkim=pass header.d=Sender.Example; x-hmca=pass"},
                {"Received", hop}}) == Said({"sender.example"}));
    CHECK(said({{"Received", inner},
                {"Authentication-Results",
                 "spf=pass (sender IP is 192.0.2.10; dkim=pass header.d=comment.example) smtp.mailfrom=sender.example; "
                 "dkim=pass (signature was verified) header.d=sender.example;dkim=fail header.d=bad.example; dkim=pass "
                 "header.i=@esp.example;dmarc=pass action=none header.from=sender.example;compauth=pass reason=100"},
                {"Received", hop}}) == Said({"sender.example", "esp.example"}));
}

TEST_CASE("dkim said: none that is right is another thing than nothing said") {
    CHECK(said({{"Authentication-Results", "spf=pass; dkim=none (message not signed) header.d=none;dmarc=none"}}) ==
          Said({std::vector<std::string>{}}));
    CHECK_FALSE(said({{"Authentication-Results", "spf=pass smtp.mailfrom=sender.example; x-dkim=pass"}}));
    CHECK_FALSE(said({{"Subject", "dkim=pass header.d=sender.example"}}));
}

TEST_CASE("dkim said: what stands below the hop at which the mail came in is the sender's word") {
    CHECK_FALSE(said({{"Received", hop}, {"Authentication-Results", "dkim=pass header.d=sender.example"}}));
    CHECK_FALSE(said({{"Received", inner}, {"Authentication-Results", "dkim=pass header.d=sender.example"}}));
    CHECK(said({{"Received", inner},
                {"Authentication-Results", "dkim=pass header.d=sender.example"},
                {"Received", hop}}) == Said({"sender.example"}));
}

TEST_CASE("dkim said: what is no domain is none, and a mail with hundreds of signatures is cut short") {
    std::string many = "dkim=pass header.d=a..b; dkim=pass header.d=; dkim=pass";
    CHECK(said({{"Authentication-Results", many.c_str()}}) == Said({std::vector<std::string>{}}));
    for (int i = 0; i < 300; ++i)
        many += "; dkim=pass header.d=d" + std::to_string(i) + ".example";
    CHECK(said({{"Authentication-Results", many.c_str()}})->size() == 10);
}
