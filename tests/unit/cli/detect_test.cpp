#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "cli/detect/border.hpp"
#include "cli/detect/own_setup.hpp"
#include "support/temporary_directory.hpp"
#include "util/run_program.hpp"

using namespace jmrp;
using cli::Machine;
using test::TemporaryDirectory;

namespace {

void write(const std::filesystem::path& file, const std::string& text, bool program = false) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    if (program)
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
}

/// A computer with a Postfix that answers with these lines.
void install_postfix(const std::filesystem::path& root, const std::string& lines) {
    write(root / "etc/postfix/main.cf", "");
    write(root / "postfix-values", lines);
    write(root / "usr/sbin/postconf", "#!/bin/sh\ngrep \"^$2 =\" '" + (root / "postfix-values").string() + "'\n", true);
}

std::vector<std::string> values(const std::vector<cli::Detected>& found) {
    std::vector<std::string> out;
    for (const cli::Detected& one : found)
        out.push_back(one.value);
    return out;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("detect: lists of Postfix and Exim hold domains among other things") {
    CHECK(cli::domains_in("mail.example.org, localhost, Example.ORG example.org", ", ") ==
          Texts{"mail.example.org", "example.org"});
    CHECK(cli::domains_in("@:localhost:example.org:*.example.net:!x.example:/etc/domains", ":") ==
          Texts{"example.org"});
    CHECK(cli::names_tables("example.org, hash:/etc/postfix/domains"));
    CHECK_FALSE(cli::names_tables("example.org"));
}

TEST_CASE("detect: the last value of a setting counts, comments and longer names do not") {
    const std::string text = "# AuthservID no.example\nAuthservIDWithJobID yes\nauthservid  one.example # really\n"
                             "AuthservID\t\"two.example\"\nMode = sv\n";
    CHECK(cli::setting_in(text, "AuthservID") == "two.example");
    CHECK(cli::setting_in(text, "Mode") == "sv");
    CHECK_FALSE(cli::setting_in(text, "Authserv"));
    CHECK_FALSE(cli::setting_in("AuthservID\n", "AuthservID"));
}

TEST_CASE("detect: rspamd writes results where it is told to") {
    using cli::RspamdResults;
    const auto written = [](const char* text) { return cli::rspamd_results_in(text); };
    CHECK(written("use = [\"x-spamd-bar\",\n \"authentication-results\"];\n") == RspamdResults::below_received);
    CHECK(written("skip_local = true; use = \"authentication-results\";") == RspamdResults::below_received);
    CHECK(written("# use = [\"authentication-results\"];\n") == RspamdResults::none);
    CHECK(written("use = [\"x-spamd-bar\"];\nroutines { authentication-results { } }") == RspamdResults::none);
    CHECK(written("use") == RspamdResults::none);
    CHECK(written("use = [\"top\"];\ncustom {\n top = <<EOD\n return nil, { ['Authentication-Results'] = { order = 0, "
                  "value = v } }\nEOD;\n}\n") == RspamdResults::on_top);
    CHECK(written("use = [\"top\"];\ncustom {\n top = <<EOD\n return nil, { ['Authentication-Results'] = { order = 1, "
                  "value = v } }\nEOD;\n}\n") == RspamdResults::none);
}

TEST_CASE("detect: Exim's results are believed at the top only") {
    const auto found = cli::exim_results_in("  warn add_header = :at_start:${authresults {$primary_hostname}}\n"
                                            "#  warn add_header = ${authresults {no.example}}\n"
                                            "  warn add_header = \\\n   ${authresults {mx.example}}\n ${authresults {");
    REQUIRE(found.size() == 3);
    CHECK(found[0].id == "$primary_hostname");
    CHECK(found[0].on_top);
    CHECK(found[1].id == "mx.example");
    CHECK_FALSE(found[1].on_top);
}

TEST_CASE("detect: a fresh Postfix with OpenDKIM and OpenDMARC tells everything") {
    const TemporaryDirectory folder;
    install_postfix(folder.path(),
                    "myhostname = mx.sender.example\nmydomain = sender.example\nmyorigin = /etc/mailname\n"
                    "mydestination = mx.sender.example, localhost, sender.example\n"
                    "smtpd_milters = inet:127.0.0.1:8891\nvirtual_alias_domains = hash:/etc/postfix/v\n");
    write(folder.path() / "etc/mailname", "sender.example\n");
    write(folder.path() / "etc/hostname", "border\n");
    write(folder.path() / "etc/opendkim.conf", "Mode sv\n");
    write(folder.path() / "etc/opendmarc.conf",
          "AuthservID HOSTNAME\nTrustedAuthservIDs HOSTNAME, other.sender.example\n");
    const Machine machine(folder.path());
    const cli::MailServer server = cli::detect_mail_server(machine);
    CHECK(server.kind == cli::MailServer::Kind::postfix);
    CHECK(server.host_name->value == "mx.sender.example");
    CHECK(values(server.domains) == Texts{"sender.example", "mx.sender.example"});
    REQUIRE(server.not_read.size() == 1);
    CHECK(server.not_read.front().find("virtual_alias_domains") != std::string::npos);
    const cli::Border border = cli::detect_border(machine, server);
    CHECK(values(border.authserv_ids) == Texts{"mx.sender.example", "border", "other.sender.example"});
    CHECK(border.obstacles.empty());
}

TEST_CASE("detect: a milter that Postfix does not call writes nothing") {
    const TemporaryDirectory folder;
    install_postfix(folder.path(), "myhostname = mx.sender.example\nsmtpd_milters =\n");
    write(folder.path() / "etc/opendkim.conf", "Mode sv\n");
    const Machine machine(folder.path());
    const cli::Border border = cli::detect_border(machine, cli::detect_mail_server(machine));
    CHECK(border.authserv_ids.empty());
    REQUIRE(border.obstacles.size() == 1);
    CHECK(border.obstacles.front().what.find("smtpd_milters is empty") != std::string::npos);
    CHECK(border.obstacles.front().remedy.back() == "postconf 'smtpd_milters = inet:127.0.0.1:8891' && postfix reload");
}

TEST_CASE("detect: a signer verifies nothing") {
    const TemporaryDirectory folder;
    install_postfix(folder.path(), "myhostname = mx.sender.example\nsmtpd_milters = inet:localhost:1\n");
    write(folder.path() / "etc/opendkim.conf", "Mode s\nAuthservID mx.sender.example\n");
    const Machine machine(folder.path());
    CHECK(cli::detect_border(machine, cli::detect_mail_server(machine)).authserv_ids.empty());
}

TEST_CASE("detect: Exim is asked where there is no Postfix") {
    const TemporaryDirectory folder;
    write(folder.path() / "exim.conf", "warn add_header = :at_start:${authresults {$primary_hostname}}\n");
    write(folder.path() / "usr/sbin/exim4",
          "#!/bin/sh\ncase \"$*\" in\n"
          "'-bP primary_hostname') echo 'primary_hostname = mail.sender.example';;\n"
          "'-bP qualify_domain') echo 'qualify_domain = sender.example';;\n"
          "'-bP +local_domains') echo 'domainlist local_domains = @:localhost:news.sender.example';;\n"
          "'-bP configure_file') echo /exim.conf;;\nesac\n",
          true);
    const Machine machine(folder.path());
    const cli::MailServer server = cli::detect_mail_server(machine);
    CHECK(server.kind == cli::MailServer::Kind::exim);
    CHECK(values(server.domains) == Texts{"sender.example", "news.sender.example", "mail.sender.example"});
    CHECK(values(cli::detect_border(machine, server).authserv_ids) == Texts{"mail.sender.example"});
}

TEST_CASE("detect: nothing there is said, not thrown") {
    const TemporaryDirectory folder;
    const Machine machine(folder.path());
    const cli::MailServer server = cli::detect_mail_server(machine);
    CHECK(server.kind == cli::MailServer::Kind::none);
    CHECK_FALSE(server.host_name);
    CHECK(server.not_read.size() == 1);
    CHECK(cli::detect_border(machine, server).authserv_ids.empty());
}

TEST_CASE("detect: addresses that a program made up are hard to guess, those of people are not") {
    for (const char* local : {"fbl-3f9c01d2ab77", "jmrp.x7k2m9q4w1"})
        CHECK(cli::looks_unguessable(local));
    for (const char* local :
         {"abuse", "fbl", "fbl-7d1f0c", "postmaster2026", "complaints-2026-11-24", "feedbackloop", "0123456789", ""})
        CHECK_FALSE(cli::looks_unguessable(local));
    const domain::Address one = cli::new_feedback_address("sender.example");
    CHECK(cli::looks_unguessable(one.local));
    CHECK(one.text() != cli::new_feedback_address("sender.example").text());
    CHECK(domain::parse_address(one.text()));
}

TEST_CASE("run_program: what a program says is read, and it gets an end") {
    CHECK(util::run_program("/bin/echo", {"a b", "$HOME"})->output == "a b $HOME\n");
    CHECK(util::run_program("/bin/sh", {"-c", "exit 3"})->exit_status == 3);
    CHECK(util::run_program("/bin/cat", {})->output.empty()); // no standard input
    CHECK_FALSE(util::run_program("/no/such/program", {}));
    CHECK_FALSE(util::run_program("/bin/sleep", {"60"}, 50));
    CHECK_FALSE(util::run_program("/bin/sh", {"-c", "exec >&-; sleep 60"}, 50));
    CHECK_FALSE(util::run_program("/bin/sh", {"-c", "sleep 60 & echo x"}, 50)); // its child holds the pipe
    CHECK_FALSE(util::run_program("/usr/bin/yes", {}, 5000, 1000));
    CHECK_FALSE(util::run_program("/bin/sh", {"-c", "kill -9 $$"}));
}
