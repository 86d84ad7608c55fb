// What feeds and exports share: where a server is, and where a secret is found.
#include <algorithm>

#include "cli/config_rows.hpp"
#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::SecretSource;

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
}

std::string read_word(const std::string& text) {
    if (std::any_of(text.begin(), text.end(), is_control))
        throw std::string("control characters stand in it");
    return text;
}

std::string read_variable(const std::string& text) {
    const auto stands_there = [](char c) { return util::is_alnum(c) || c == '_'; };
    if (text.empty() || util::is_digit(text.front()) || !std::all_of(text.begin(), text.end(), stands_there))
        throw std::string("it is no name of an environment variable");
    return text;
}

const Form<std::string> variable{[](const std::string& text) { return text.empty() ? text : read_variable(text); },
                                 any_text.write};

/// No shell: the first word is a file.
Row<SecretSource> command_row() {
    Row<SecretSource> row =
        list_row("secret_command", "a program and its arguments; the first line that it prints is the secret",
                 &SecretSource::command, any_text);
    row.read = [read = row.read](SecretSource& secret, const toml::node& node) {
        read(secret, node);
        if (!secret.command.empty() && !secret.command.front().starts_with('/'))
            throw std::string("its first word is a program with its whole path; no shell looks at it");
    };
    return row;
}

} // namespace

const Form<std::string> word{read_word, any_text.write};

Rows<SecretSource> secret_rows() {
    return {path_row("secret_file", "the password or access token is the first line of this file", &SecretSource::file),
            command_row(),
            text_row("secret_env", "the environment variable that holds it", &SecretSource::environment, variable)};
}

int count_secrets(const SecretSource& secret) {
    return (secret.file.empty() ? 0 : 1) + (secret.command.empty() ? 0 : 1) + (secret.environment.empty() ? 0 : 1);
}

std::string read_authority(std::string_view rest) {
    std::string port;
    const std::size_t colon = rest.find(':', rest.starts_with('[') ? rest.find(']') : 0);
    if (colon != std::string_view::npos) {
        const auto number = util::parse_unsigned(rest.substr(colon + 1));
        if (!number || *number < 1 || *number > 65'535)
            throw std::string("its port is no number from 1 to 65535");
        port = ":" + std::to_string(*number);
        rest = rest.substr(0, colon);
    }
    if (rest.starts_with('[')) {
        const auto ip = domain::parse_ip(rest);
        if (!rest.ends_with(']') || !ip || ip->is_v4())
            throw std::string("between [ and ] stands an IPv6 address");
        return "[" + ip->text() + "]" + port;
    }
    if (const auto ip = domain::parse_ip(rest); ip && ip->is_v4())
        return ip->text() + port;
    const auto host = util::domain_to_ascii(rest);
    if (!host)
        throw std::string("its host is no name of a host and no IP address");
    return *host + port;
}

bool is_on_this_host(std::string_view url) {
    std::string_view host = url.substr(url.find("://") + 3);
    host = host.substr(0, host.find('/'));
    host = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
    static const std::vector<domain::Network> loopback{*domain::parse_network("127.0.0.0/8"),
                                                       *domain::parse_network("::1/128")};
    const auto ip = domain::parse_ip(host);
    return host == "localhost" || (ip && domain::any_contains(loopback, *ip));
}

const char* hint_at_secret(std::string_view key) noexcept {
    const bool is_secret =
        key.starts_with("pass") || key == "secret" || (key.starts_with("token") && !key.starts_with("token_need"));
    return is_secret ? "no secret stands in the configuration: secret_file, secret_command or secret_env says where it "
                       "is found"
                     : nullptr;
}

} // namespace jmrp::cli
