#include <catch2/catch.hpp>

#include "cli/config.hpp"
#include "cli/feeds.hpp"
#include "util/fault.hpp"

using namespace jmrp;

namespace {

constexpr const char* good =
    "url = \"imaps://imap.example.com\"\nuser = \"fbl@ours.example\"\nsecret_file = \"/etc/jmrp/snds\"\n";

std::string with(const std::string& more) {
    return std::string("[feed.snds]\n") + good + more;
}

std::string why_not(const std::string& text) {
    try {
        cli::parse_config(text, "/etc/jmrp/jmrp.toml");
    } catch (const util::Fault& fault) {
        CHECK(fault.kind() == util::FaultKind::configuration);
        return fault.what();
    }
    return "it was taken";
}

std::string why_no_url(const std::string& url) {
    return why_not("[feed.snds]\nuser = \"u\"\nsecret_env = \"S\"\nurl = \"" + url + "\"\n");
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

void check_comes_back(const cli::Config& config) {
    const std::string effective = cli::effective_config(config);
    INFO(effective);
    CHECK(cli::effective_config(cli::parse_config(effective, "x")) == effective);
}

} // namespace

TEST_CASE("config: a mailbox needs a server, a user and a place of its secret, and the rest has defaults") {
    const cli::Config config = cli::parse_config(with(""), "x");
    REQUIRE(config.feeds.size() == 1);
    CHECK(config.feeds.front().name == "snds");
    domain::Mailbox expected;
    expected.url = "imaps://imap.example.com";
    expected.user = "fbl@ours.example";
    expected.secret.file = "/etc/jmrp/snds";
    CHECK(config.feeds.front().mailbox == expected);
    check_comes_back(config);
    const std::string section = "[feed.snds]\n";
    CHECK(holds(why_not(section + "user = \"u\"\nsecret_env = \"S\"\n"), "line 1"));
    CHECK(holds(why_not(section + "user = \"u\"\nsecret_env = \"S\"\n"), "[feed.snds] is wrong: a mailbox needs url"));
    CHECK(holds(why_not(section + "url = \"imaps://h.example\"\nsecret_env = \"S\"\n"), "needs user"));
    CHECK(holds(why_not(section + "url = \"imaps://h.example\"\nuser = \"u\"\n"),
                "needs one of secret_file, secret_command and secret_env"));
    CHECK(holds(why_not(with("secret_env = \"S\"\n")), "only one of"));
}

TEST_CASE("config: every key of a mailbox is read and comes back") {
    const cli::Config config = cli::parse_config(
        "[feed.m365]\nurl = \"IMAP://Localhost:1143\"\nallow_no_tls = true\nca_file = \"/ca.pem\"\nuser = \"u\"\n"
        "login = \"xoauth2\"\nsecret_command = [\"/usr/bin/token\", \"--for\", \"u\"]\nfolder = \"Postf\xC3\xA4"
        "cher/JMRP\"\nafter = \"delete\"\narchive = \"A\"\noversized = \"B\"\nkeyword = \"\\\\Flagged\"\n"
        "timeout_seconds = 5\ninterval_seconds = 7\n",
        "x");
    domain::Mailbox expected;
    expected.url = "imap://localhost:1143";
    expected.allow_no_tls = true;
    expected.ca_file = "/ca.pem";
    expected.user = "u";
    expected.login = domain::Login::xoauth2;
    expected.secret.command = {"/usr/bin/token", "--for", "u"};
    expected.folder = "Postf\xC3\xA4"
                      "cher/JMRP";
    expected.afterwards = domain::Afterwards::erase;
    expected.archive = "A";
    expected.oversized = "B";
    expected.keyword = "\\Flagged";
    expected.timeout_seconds = 5;
    expected.interval_seconds = 7;
    CHECK(config.feeds.front().mailbox == expected);
    check_comes_back(config);
}

TEST_CASE("config: a feed without a mailbox has rules of its own and nothing else") {
    const cli::Config config = cli::parse_config("[feed.\"piped.in\"]\nact_on = \"unverified\"\n[feed.other]\n", "x");
    REQUIRE(config.feeds.size() == 2);
    CHECK_FALSE(config.feeds.front().mailbox);
    CHECK(config.rules.of("piped.in").policy.act_on == domain::Verdict::unverified);
    CHECK(config.rules.of("other").policy.act_on == domain::Verdict::authentic);
    CHECK(holds(cli::effective_config(config), "\n[feed.\"piped.in\"]\n"));
    CHECK_FALSE(holds(cli::effective_config(config), "\nurl ="));
    check_comes_back(config);
}

TEST_CASE("config: what holds for all holds for a feed unless the feed says otherwise, wherever its section stands") {
    const cli::Config config = cli::parse_config(
        "[feed.a]\nauthserv_ids = [\"MX.A.example\"]\npace_per_hour = 5\ncheck_dkim = true\n"
        "secret_addresses = [\"fbl-7x3k@ours.example\"]\n"
        "[feed.b]\nbelieve_report_fields = false\n"
        "[authenticity]\nauthserv_ids = [\"mx.example\"]\nreporters = [\"isp.example\"]\n"
        "[policy]\nbelieve_report_fields = true\npace_per_hour = 7\n[own]\nnetworks = [\"192.0.2.0/24\"]\n",
        "x");
    const ingest::FeedRules& a = config.rules.of("a");
    CHECK(a.reading.authenticity.authserv_ids == std::vector<std::string>{"mx.a.example"});
    CHECK(a.reading.authenticity.reporters == std::vector<std::string>{"isp.example"});
    CHECK(a.reading.authenticity.secret_addresses.size() == 1);
    CHECK(a.reading.own_networks.size() == 1);
    CHECK(a.policy.pace_per_hour == 5);
    CHECK(a.policy.believe_report_fields);
    CHECK_FALSE(config.rules.of("b").policy.believe_report_fields);
    CHECK(config.rules.of("b").policy.pace_per_hour == 7);
    CHECK(config.rules.of("b").reading.authenticity.authserv_ids == std::vector<std::string>{"mx.example"});
    CHECK(config.rules.of("not configured").policy.pace_per_hour == 7);
    CHECK(config.rules.of("not configured").reading.authenticity.secret_addresses.empty());
    CHECK(config.rules.check_dkim());
    CHECK_FALSE(cli::parse_config("[feed.a]\n", "x").rules.check_dkim());
    check_comes_back(config);
}

TEST_CASE("config: tokens are opened by the same keys for every feed") {
    cli::Config config = cli::parse_config("[feed.a]\n[feed.b]\n", "x");
    cli::use_token_keys(config, "/keys");
    for (const char* feed : {"a", "b", "default"})
        CHECK(config.rules.of(feed).reading.token.keys->file() == "/keys");
}

TEST_CASE("config: the name of a feed is one that can stand anywhere") {
    CHECK(holds(why_not("[feed.SNDS]\n"), "line 1"));
    for (const std::string name : {"SNDS", "\"a/b\"", "\"..\\u0000\"", "\"\"", "\"a b\"", "\"-x\"", "\"\xC3\xA4\""})
        CHECK(holds(why_not("[feed." + name + "]\n"), "can be no name of a feed"));
    CHECK(holds(why_not("[feed." + std::string(65, 'a') + "]\n"), "can be no name of a feed"));
    CHECK(why_not("[feed." + std::string(64, 'a') + "]\n[feed._x-1]\n[feed.0]\n") == "it was taken");
    CHECK(holds(why_not("[feed.a.b]\nact_on = \"authentic\"\n"), "a name with a dot stands in quotes"));
    CHECK(holds(why_not("[feed]\nurl = \"imaps://h.example\"\n"), "begin with a line like [feed.NAME]"));
    CHECK(holds(why_not("[[feed.a]]\n"), "begin with a line like [feed.NAME]"));
    CHECK(holds(why_not("[fed.a]\n"), "no key 'fed.a'"));
}

TEST_CASE("config: an unknown key of a feed is named with its line and its neighbour") {
    const std::string why = why_not(with("foldr = \"x\"\n"));
    CHECK(holds(why, "line 5"));
    CHECK(holds(why, "there is no key 'feed.snds.foldr' (did you mean 'feed.snds.folder'?)"));
    CHECK(holds(why_not(with("dkim_keys = \"x\"\n")), "there is no key 'feed.snds.dkim_keys'"));
    CHECK(holds(why_not(with("secret_fil = \"x\"\n")), "did you mean 'feed.snds.secret_file'?"));
    CHECK(holds(why_not(with("act_on = \"forged\"\n")), "line 5"));
}

TEST_CASE("config: a secret in the configuration is refused and not repeated") {
    for (const std::string key : {"password", "passwd", "pass", "secret", "token", "token_command", "password_file"}) {
        const std::string why = why_not(with(key + " = \"hunter2\"\n"));
        INFO(why);
        CHECK(holds(why, "line 5"));
        CHECK(holds(why, "there is no key 'feed.snds." + key + "'"));
        CHECK(holds(why, "secret_file, secret_command or secret_env"));
        CHECK_FALSE(holds(why, "hunter2"));
    }
    for (const std::string url :
         {"imaps://fbl:hunter2@imap.example.com", "imaps://fbl%40x:hunter2@h.example:993/INBOX",
          "fbl:hunter2@imap.example.com", "imap://h.example/hunter2", "imaps://h.example?hunter2",
          "imaps://h.example:hunter2", "imaps://hunter2 /", "imaps://[hunter2]", "https://hunter2.example"}) {
        const std::string why = why_no_url(url);
        INFO(why);
        CHECK(holds(why, "line 4"));
        CHECK(holds(why, "the value of feed.snds.url is wrong: "));
        CHECK_FALSE(holds(why, "hunter2"));
    }
    CHECK(holds(why_no_url("imaps://fbl:hunter2@imap.example.com"), "'user' names the one"));
}

TEST_CASE("config: the server of a mailbox is a name or an address, with a port or without") {
    const auto taken = [](const std::string& url) {
        return cli::parse_config("[feed.x]\nuser = \"u\"\nsecret_env = \"S\"\nurl = \"" + url + "\"\n", "x")
            .feeds.front()
            .mailbox->url;
    };
    CHECK(taken("IMAPS://Imap.Example.COM:993") == "imaps://imap.example.com:993");
    CHECK(taken("imap://b\xC3\xBC"
                "cher.example") == "imap://xn--bcher-kva.example");
    CHECK(taken("imaps://192.0.2.1") == "imaps://192.0.2.1");
    CHECK(taken("imaps://[2001:db8:0::1]:1993") == "imaps://[2001:db8::1]:1993");
    for (const char* url : {"imaps://", "imaps://:993", "imaps://h.example:0", "imaps://h.example:65536",
                            "imaps://h.example:", "imaps://2001:db8::1", "imaps://[2001:db8::1", "imaps://[192.0.2.1]",
                            "imaps://a b", "imaps://h.example/", "pop3://h.example", "h.example"})
        CHECK(holds(why_no_url(url), "feed.snds.url is wrong"));
}

TEST_CASE("config: a secret goes in the clear to this host only") {
    const auto open = [](const std::string& url) {
        return why_not("[feed.x]\nallow_no_tls = true\nuser = \"u\"\nsecret_env = \"S\"\nurl = \"" + url + "\"\n");
    };
    for (const char* url : {"imap://localhost", "imap://127.0.0.1:1143", "imap://[::1]:1143", "imap://127.9.9.9"})
        CHECK(open(url) == "it was taken");
    for (const char* url : {"imap://imap.example.com", "imap://192.0.2.1:143", "imap://[2001:db8::1]",
                            "imap://localhost.example.com", "imap://127.0.0.1.example.com"})
        CHECK(holds(open(url), "in the clear"));
    CHECK(holds(open("imaps://localhost"), "allow_no_tls goes with imap://"));
}

TEST_CASE("config: values of a mailbox that no server would take are refused") {
    CHECK(holds(why_not(with("folder = \"\"\n")), "it is empty"));
    CHECK(holds(why_not(with("archive = \"a\\r\\nb\"\n")), "control characters"));
    CHECK(holds(why_not("[feed.x]\nuser = \"a\\u0000b\"\n"), "control characters"));
    CHECK(holds(why_not(with("after = \"move\"\narchive = \"inbox\"\n")), "archive and folder are the same"));
    CHECK(holds(why_not(with("after = \"flag\"\noversized = \"INBOX\"\n")), "oversized and folder are the same"));
    CHECK(why_not(with("after = \"leave\"\narchive = \"INBOX\"\noversized = \"INBOX\"\n")) == "it was taken");
    CHECK(holds(why_not(with("after = \"keep\"\n")), "\"move\" or \"flag\" or \"delete\" or \"leave\""));
    for (const char* keyword : {"", "a b", "\\\\Deleted", "(x", "\xC3\xA4"})
        CHECK(holds(why_not(with("keyword = \"" + std::string(keyword) + "\"\n")), "is no keyword of IMAP"));
    CHECK(holds(why_not(with("timeout_seconds = 0\n")), "from 1 to 3600"));
    CHECK(holds(why_not("[feed.x]\nsecret_command = [\"token\"]\n"), "whole path"));
    CHECK(holds(why_not("[feed.x]\nsecret_env = \"A=B\"\n"), "no name of an environment variable"));
}

TEST_CASE("config: the file for a new installation shows a feed, and has none") {
    const std::string text = cli::new_config(cli::Config{});
    CHECK(holds(text, "#[feed.NAME]\n"));
    CHECK(holds(text, "#secret_command = []\n"));
    CHECK(cli::parse_config(text, "x").feeds.empty());
    // It would be one without the comment signs, but for the name and what nobody can know.
    std::string example;
    std::size_t begin = text.find("#[feed.NAME]");
    const std::size_t next = text.find("\n\n", begin); // the example of another section begins
    while (begin < std::min(next, text.size())) {
        const std::size_t end = text.find('\n', begin);
        example += text.substr(begin + 1, end - begin);
        begin = end + 1;
    }
    std::string filled = "[feed.name]" + example.substr(example.find('\n'));
    for (const auto& [from, to] :
         {std::pair{"url = \"\"", "url = \"imaps://h.example\""}, std::pair{"user = \"\"", "user = \"u\""},
          std::pair{"secret_file = \"\"", "secret_file = \"/s\""}})
        filled.replace(filled.find(from), std::string(from).size(), to);
    INFO(filled);
    CHECK(why_not(filled) == "it was taken");
}

TEST_CASE("feeds: a feed is found by name, and who asks for another is told which there are") {
    const cli::Config config =
        cli::parse_config("[feed.b]\n" + std::string(good) + "[feed.a]\n" + good + "[feed.piped]\n", "x");
    const auto names = [&](const std::vector<std::string>& wanted) {
        std::string out;
        for (const domain::Feed* feed : cli::feeds_with_mailbox(config, wanted))
            out += feed->name + " ";
        return out;
    };
    CHECK(names({}) == "a b ");
    CHECK(names({"b", "b"}) == "b ");
    for (const char* name : {"c", "piped"}) {
        try {
            names({"a", name});
            FAIL(name);
        } catch (const util::Fault& fault) {
            CHECK(holds(fault.what(), "'" + std::string(name) + "'"));
            CHECK(holds(fault.what(), "there are: a, b"));
        }
    }
    CHECK_THROWS_AS(cli::feeds_with_mailbox(cli::Config{}, {}), util::Fault);
}
