// [export.NAME] with a server: what is not in config_exports.cpp.
#include <algorithm>

#include "cli/config_rows.hpp"
#include "exports/target.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::ServerAccess;
using exports::Login;

constexpr std::string_view with_tls = "https://";
constexpr std::string_view without_tls = "http://";

/// Whatever else is wrong with it: a password that stands there is not repeated.
std::string read_url(const std::string& text) {
    if (text.empty())
        return text;
    std::string_view scheme;
    for (const std::string_view one : {with_tls, without_tls})
        if (util::starts_with_ignoring_case(text, one))
            scheme = one;
    if (scheme.empty())
        throw std::string("it begins with https://");
    std::string_view rest = std::string_view(text).substr(scheme.size());
    const std::string_view authority = rest.substr(0, rest.find('/'));
    if (authority.find('@') != std::string_view::npos)
        throw std::string("it holds no user and no password: 'user' names the one, and secret_file, secret_command or "
                          "secret_env says where the other is found");
    rest.remove_prefix(authority.size());
    const auto is_of_a_path = [](char c) { return c > ' ' && c < '\x7F' && c != '?' && c != '#'; };
    if (!std::ranges::all_of(rest, is_of_a_path))
        throw std::string("a path is all that follows the host, without blanks, ? and #");
    while (rest.ends_with('/'))
        rest.remove_suffix(1);
    const std::string url = std::string(scheme) + read_authority(authority);
    if (scheme == without_tls && !is_on_this_host(url))
        throw std::string("http:// is for a server on this host: to another one addresses and secret would go in the "
                          "clear; write https://");
    return url + std::string(rest);
}

std::string read_region(const std::string& text) {
    if (!std::ranges::all_of(text, [](char c) { return util::is_alnum(c) || c == '-'; }))
        throw std::string("it is no name of a region, such as \"eu-central-1\"");
    return text;
}

const Form<std::string> region{read_region, any_text.write};

} // namespace

const Form<std::string> http_url{read_url, any_text.write};

Rows<ServerAccess> server_rows() {
    Rows<ServerAccess> out = {
        text_row("url",
                 "in place of to: the server that is told what is new, such as \"https://lists.example.com\"; "
                 "http:// on this host alone",
                 &ServerAccess::url, http_url),
        path_row("ca_file", "certificates of authorities that are trusted in place of the system's",
                 &ServerAccess::ca_file),
        text_row("user", "as whom it is asked, where it wants a name besides the secret", &ServerAccess::user, word),
    };
    for (Row<ServerAccess>& row : rows_within(&ServerAccess::secret, secret_rows()))
        out.push_back(std::move(row));
    for (Row<ServerAccess>& row : Rows<ServerAccess>{
             text_row("region", "of Amazon SES, such as \"eu-central-1\"", &ServerAccess::region, region),
             number_row("requests_per_second", "how often the server is asked at most", 1, 1000,
                        &ServerAccess::requests_per_second),
             number_row("timeout_seconds", "how long one answer of the server may take", 1, 3600,
                        &ServerAccess::timeout_seconds),
             number_row("patience_seconds",
                        "how long one run waits in all for a server that fails or asks to wait; the next goes on from "
                        "there",
                        0, 86'400, &ServerAccess::patience_seconds)})
        out.push_back(std::move(row));
    return out;
}

std::string what_is_wrong_with_server(const domain::Consumer& consumer) {
    const ServerAccess& server = consumer.server;
    const exports::Target* target = exports::find_target(consumer.format);
    if (!target)
        return "the format " + consumer.format + " is one of files; 'jmrp export --formats' lists those of servers";
    const bool has_name = !server.user.empty() || *target->user != '\0';
    const std::pair<bool, const char*> rules[] = {
        {target->login == Login::form && !server.secret.empty(), "needs no secret"},
        {target->login != Login::form && server.secret.empty(),
         "needs one of secret_file, secret_command and secret_env"},
        {count_secrets(server.secret) > 1, "needs one of secret_file, secret_command and secret_env, not several"},
        {(target->login == Login::basic || target->login == Login::aws) && !has_name, "needs user"},
        {target->login == Login::aws && server.region.empty(), "needs region"},
        {target->needs_list && consumer.list.empty(), "needs list"},
    };
    for (const auto& [broken, why] : rules)
        if (broken)
            return "an export as " + consumer.format + " to a server " + why;
    return {};
}

} // namespace jmrp::cli
