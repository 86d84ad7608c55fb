#include "cli/detect/mail_server.hpp"

#include <algorithm>

#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

std::optional<std::string> complete_name(std::string_view text) {
    auto domain = util::domain_to_ascii(util::trim(text));
    return domain && domain->find('.') != std::string::npos && !domain->starts_with("localhost.") ? domain
                                                                                                  : std::nullopt;
}

void add_domain(MailServer& server, const std::string& domain, const std::string& from) {
    if (std::ranges::find(server.domains, domain, &Detected::value) == server.domains.end())
        server.domains.push_back({domain, from});
}

struct PostfixDomains {
    const char* parameter;
    bool is_list;
};
/// The domain that mail of local programs gets comes first: a feedback address in it reaches an alias.
constexpr PostfixDomains postfix_domains[] = {
    {"myorigin", false},
    {"mydestination", true},
    {"mydomain", false},
    {"virtual_alias_domains", true},
    {"virtual_mailbox_domains", true},
    {"myhostname", false},
};

void ask_postfix(const Machine& machine, MailServer& server) {
    server.kind = MailServer::Kind::postfix;
    if (const auto name = complete_name(postfix_value(machine, "myhostname").value_or("")))
        server.host_name = {*name, "postconf myhostname"};
    for (const PostfixDomains& source : postfix_domains) {
        const std::string value = postfix_value(machine, source.parameter).value_or("");
        const std::string from = std::string("postconf ") + source.parameter;
        if (value.starts_with('/')) { // myorigin = /etc/mailname
            if (const auto text = machine.read(value))
                for (const std::string& domain : domains_in(*text, " \t\r\n"))
                    add_domain(server, domain, value);
            continue;
        }
        if (source.is_list && names_tables(value))
            server.not_read.push_back(from + " names tables; what is in them is not looked at");
        for (const std::string& domain : domains_in(value, ", \t\r\n"))
            add_domain(server, domain, from);
    }
}

/// "name = value", as `exim -bP name` and `postconf name` print it.
std::optional<std::string> value_in(const std::optional<std::string>& output) {
    if (!output)
        return std::nullopt;
    const std::string_view line = util::split(*output, '\n').front();
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
        return std::nullopt;
    return std::string(util::trim(line.substr(equals + 1)));
}

void ask_exim(const Machine& machine, MailServer& server) {
    server.kind = MailServer::Kind::exim;
    const auto ask = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "-bP");
        return value_in(machine.output_of(server.exim, words)).value_or("");
    };
    if (const auto name = complete_name(ask({"primary_hostname"})))
        server.host_name = {*name, "exim -bP primary_hostname"};
    for (const std::string& domain : domains_in(ask({"qualify_domain"}), " "))
        add_domain(server, domain, "exim -bP qualify_domain");
    const std::string list = ask({"+local_domains"});
    if (names_tables(list))
        server.not_read.emplace_back("Exim's local_domains names files; what is in them is not looked at");
    for (const std::string& domain : domains_in(list, ": \t"))
        add_domain(server, domain, "exim -bP +local_domains");
}

} // namespace

std::optional<std::string> postfix_value(const Machine& machine, const std::string& parameter) {
    return value_in(machine.output_of("postconf", {"-x", parameter}));
}

std::vector<std::string> domains_in(std::string_view list, std::string_view separators) {
    std::vector<std::string> out;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find_first_of(separators), list.size());
        const std::string_view word = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        if (word.find_first_of("/:*$!@^+;") != std::string_view::npos)
            continue;
        auto domain = complete_name(word);
        if (domain && std::ranges::find(out, *domain) == out.end())
            out.push_back(std::move(*domain));
    }
    return out;
}

bool names_tables(std::string_view list) {
    return list.find('/') != std::string_view::npos || list.find(';') != std::string_view::npos;
}

std::optional<EximConfiguration> exim_configuration(const Machine& machine, const MailServer& server) {
    if (server.exim.empty())
        return std::nullopt;
    const auto file = machine.output_of(server.exim, {"-bP", "configure_file"});
    if (!file)
        return std::nullopt;
    EximConfiguration out{std::string(util::trim(*file)), {}};
    // Debian has administrators write into files that the main one includes by macros.
    auto text = machine.output_of(server.exim, {"-bP", "config"});
    if (!text || util::trim(*text).empty())
        text = machine.read(out.file);
    if (!text)
        return std::nullopt;
    out.text = std::move(*text);
    return out;
}

MailServer detect_mail_server(const Machine& machine) {
    MailServer out;
    for (const char* program : {"exim4", "exim"})
        if (out.exim.empty() && machine.find_program(program))
            out.exim = program;
    if (machine.has("/etc/postfix/main.cf") && machine.find_program("postconf"))
        ask_postfix(machine, out);
    else if (!out.exim.empty())
        ask_exim(machine, out);
    if (out.kind == MailServer::Kind::none)
        out.not_read.emplace_back("no Postfix and no Exim was found here");
    if (const auto text = machine.read("/etc/mailname"))
        for (const std::string& domain : domains_in(*text, " \t\r\n"))
            add_domain(out, domain, "/etc/mailname");
    if (!out.host_name)
        if (const auto name = complete_name(machine.host_name()))
            out.host_name = {*name, "the name of this host"};
    if (out.host_name)
        add_domain(out, out.host_name->value, out.host_name->from);
    return out;
}

} // namespace jmrp::cli
