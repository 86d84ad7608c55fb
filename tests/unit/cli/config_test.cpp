#include "cli/config.hpp"

#include <catch2/catch.hpp>

#include "cli/options.hpp"
#include "util/fault.hpp"

using namespace jmrp;

namespace {

std::string why_not(std::string_view text) {
    try {
        cli::parse_config(text, "/etc/jmrp/jmrp.toml");
    } catch (const util::Fault& fault) {
        CHECK(fault.kind() == util::FaultKind::configuration);
        return fault.what();
    }
    return "it was taken";
}

std::string why_not_line(const std::vector<std::string>& line) {
    try {
        cli::parse_line(line);
    } catch (const util::Fault& fault) {
        CHECK(fault.kind() == util::FaultKind::usage);
        return fault.what();
    }
    return "it was taken";
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("config: every key is read and comes back in the effective configuration") {
    const char* text =
        "[database]\npath = \"/tmp/x.db\"\nbusy_timeout_ms = 5\n"
        "[own]\nnetworks = [\"192.0.2.0/24\", \"2001:db8::1\"]\ndomains = [\"Sender.Example\"]\naddresses = "
        "[\"fbl@x.example\"]\n"
        "[attribution]\nverp_patterns = [\"^x-(?<address>.+)@\"]\nbelieve_envelope_to = true\n"
        "[refusals]\nrules = ['partner third-party-block - 554denied\\[{ip}\\]', 'o606 ip-block office365 banned']\n"
        "support_senders = [\".Partner.Example\"]\n"
        "[policy]\nprotect_role_accounts = false\nincidents_cap = 7\n[limits]\nmessage_bytes = 1000\ndepth = 3\n";
    const cli::Config config = cli::parse_config(text, "x");
    CHECK(config.database == "/tmp/x.db");
    CHECK(config.busy_timeout_ms == 5);
    CHECK(config.rules.reading.own_networks.size() == 2);
    CHECK(config.rules.policy.own_domains == std::vector<std::string>{"sender.example"});
    CHECK(config.rules.policy.own_addresses.front().text() == "fbl@x.example");
    CHECK(config.rules.reading.verp_patterns.size() == 1);
    CHECK(config.rules.reading.believe_envelope_to);
    REQUIRE(config.rules.reading.refusal_rules.size() == 2);
    CHECK(config.rules.reading.refusal_rules[0] ==
          domain::RefusalRule{"partner", domain::RejectionCategory::third_party_block, {}, R"(554denied\[{ip}\])"});
    CHECK(config.rules.reading.refusal_rules[1].list == domain::BlockList::office365);
    CHECK(config.rules.reading.support_senders == std::vector<std::string>{".partner.example"});
    CHECK_FALSE(config.rules.policy.protect_role_accounts);
    CHECK(config.rules.policy.incidents_cap == 7);
    CHECK(config.rules.reading.limits.message_bytes == 1000);
    CHECK(config.rules.reading.limits.depth == 3);
    const std::string effective = cli::effective_config(config);
    CHECK(cli::effective_config(cli::parse_config(effective, "x")) == effective);
    CHECK(cli::effective_config(cli::parse_config(cli::new_config(config), "x")) == effective);
}

TEST_CASE("config: whatever stands in a text comes back as it was") {
    const cli::Config config = cli::parse_config("[database]\npath = \"/a\\u007f\\u0001\\t\\\\ \\\"b\"\n", "x");
    CHECK(config.database == "/a\x7F\x01\t\\ \"b");
    CHECK(cli::parse_config(cli::effective_config(config), "x").database == config.database);
}

TEST_CASE("config: an unknown key is an error that names the line and the nearest key") {
    const std::string why = why_not("[database]\n\npaht = \"x\"\n");
    CHECK(holds(why, "/etc/jmrp/jmrp.toml line 3"));
    CHECK(holds(why, "database.paht"));
    CHECK(holds(why, "did you mean 'database.path'?"));
    CHECK(holds(why_not("[databsae]\npath = \"x\"\n"), "did you mean 'database.path'?"));
    CHECK(holds(why_not("[databsae]\n"), "did you mean 'database'?"));
    CHECK(holds(why_not("path = \"x\"\n"), "outside of a section"));
}

TEST_CASE("config: a wrong value is an error that says what the key takes") {
    CHECK(holds(why_not("[own]\nnetworks = [\"192.0.2.0/40\"]\n"), "is no IP address or network"));
    CHECK(holds(why_not("[own]\nnetworks = \"192.0.2.0/24\"\n"), "it takes a list"));
    CHECK(holds(why_not("[own]\ndomains = [\"a b\"]\n"), "is no domain name"));
    CHECK(holds(why_not("[policy]\nincidents_cap = 0\n"), "from 1 to"));
    CHECK(holds(why_not("[policy]\nprotect_role_accounts = \"yes\"\n"), "true or false"));
    CHECK(holds(why_not("[attribution]\nverp_patterns = [\"(\"]\n"), "verp_patterns"));
    CHECK(holds(why_not("[attribution]\nverp_patterns = [\"abc\"]\n"), "neither a group"));
    CHECK(holds(why_not("[refusals]\nrules = [\"x ip-block - (\"]\n"), "pattern"));
    CHECK(holds(why_not("[refusals]\nrules = [\"x block - y\"]\n"), "one of ip-block, rate-limit"));
    CHECK(holds(why_not("[refusals]\nrules = [\"x ip-block hotmail y\"]\n"), "one of outlook.com"));
    CHECK(holds(why_not("[refusals]\nrules = [\"x ip-block - a pattern\"]\n"), "four words"));
    CHECK(holds(why_not("[database\n"), "line 1"));
}

TEST_CASE("config: a letter outside of ASCII where none may stand is refused") {
    for (const char* text : {"\xC3\xBC = 1\n", "\xD1\xBF/'", "[own]\ndomains = [\xC3\xA9]\n"})
        CHECK_THROWS_AS(cli::parse_config(text, "x.toml"), util::Fault);
}

TEST_CASE("options: global options stand before or after the command") {
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"--database", "x.db", "-v", "rates", "--days", "3"},
          std::vector<std::string>{"rates", "--days=3", "-v", "--database=x.db"}}) {
        const cli::ParsedLine parsed = cli::parse_line(line);
        REQUIRE(parsed.command);
        CHECK(std::string(parsed.command->name) == "rates");
        CHECK(parsed.database == "x.db");
        CHECK(parsed.invocation.verbose);
        CHECK(parsed.invocation.value("days") == "3");
        CHECK(parsed.invocation.arguments.empty());
    }
}

TEST_CASE("options: a lone dash and what looks like a command are arguments") {
    const cli::ParsedLine parsed = cli::parse_line({"ingest", "-", "status", "mbox:/x"});
    CHECK(parsed.invocation.arguments == std::vector<std::string>{"-", "status", "mbox:/x"});
}

TEST_CASE("options: what is not there is named, with its neighbour") {
    CHECK(holds(why_not_line({"rates", "--dyas", "3"}), "did you mean '--days'?"));
    CHECK(holds(why_not_line({"rates", "--days"}), "days"));
    CHECK(holds(why_not_line({"status", "--ip", "192.0.2.1"}), "there is no option '--ip'"));
    CHECK(cli::parse_line({"stauts"}).unknown_command == "stauts");
}

TEST_CASE("options: every command has help with an example") {
    for (const cli::Command& command : cli::commands()) {
        INFO(command.name);
        const std::string help = cli::command_help(command);
        CHECK(holds(help, "usage: jmrp " + std::string(command.name)));
        CHECK(holds(help, "example:\n  "));
        CHECK(*command.example);
        CHECK(cli::parse_line({"help", command.name}).help);
        CHECK(cli::parse_line({command.name, "--help"}).command == &command);
    }
}

TEST_CASE("config: who reports and what our border is called are taken in canonical form, or refused") {
    const cli::Config config =
        cli::parse_config("[authenticity]\nauthserv_ids = [\"MX.Example\"]\nrelays = [\"192.0.2.0/24\"]\n"
                          "reporters = [\"ISP.Example\", \"Staff@Hotmail.com\"]\n"
                          "secret_addresses = [\"fbl-7x3k@Ours.example\"]\ncheck_dkim = true\n"
                          "dkim_keys = \"/tmp/keys\"\n",
                          "x");
    const domain::AuthenticityRules& rules = config.rules.reading.authenticity;
    CHECK(rules.authserv_ids == std::vector<std::string>{"mx.example"});
    CHECK(rules.relays.front().text() == "192.0.2.0/24");
    CHECK(rules.reporters == std::vector<std::string>{"isp.example", "staff@hotmail.com"});
    CHECK(rules.secret_addresses.front().text() == "fbl-7x3k@ours.example");
    CHECK(rules.check_dkim);
    CHECK(config.dkim_keys == "/tmp/keys");
    const std::string effective = cli::effective_config(config);
    CHECK(cli::effective_config(cli::parse_config(effective, "x")) == effective);

    CHECK(holds(why_not("[authenticity]\nauthserv_ids = [\"mx; dkim=pass\"]\n"), "no authserv-id"));
    CHECK(holds(why_not("[authenticity]\nreporters = [\"a b\"]\n"), "neither a domain nor an address"));
    CHECK(holds(why_not("[authenticity]\nsecret_addresses = [\"x\"]\n"), "is no address"));
    CHECK(holds(why_not("[authenticity]\nrelays = [\"mx.example\"]\n"), "is no IP address"));
}
