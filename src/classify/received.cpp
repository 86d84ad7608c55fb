#include "classify/received.hpp"

#include <array>

#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::array<std::string_view, 7> microsoft_domains = {
    "outlook.com", "hotmail.com", "office365.com", "live.com", "msn.com", "microsoft.com", "phx.gbl"};

} // namespace

bool is_microsoft_host(std::string_view host) noexcept {
    while (!host.empty() && host.back() == '.')
        host.remove_suffix(1);
    for (const std::string_view domain : microsoft_domains) {
        if (host.size() < domain.size() || !util::equal_ignoring_case(host.substr(host.size() - domain.size()), domain))
            continue;
        if (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.')
            return true;
    }
    return false;
}

std::optional<std::string_view> tagged(std::string_view text, std::string_view name) noexcept {
    for (std::size_t at = 0; (at = util::find_ignoring_case(text, name, at)) != std::string_view::npos;
         at += name.size()) {
        const bool begins = at == 0 || util::is_space(text[at - 1]) || text[at - 1] == ';' || text[at - 1] == '(';
        std::size_t i = at + name.size();
        while (i < text.size() && util::is_space(text[i]))
            ++i;
        if (!begins || i >= text.size() || text[i] != '=')
            continue;
        std::string_view value = text.substr(i + 1);
        while (!value.empty() && util::is_space(value.front()))
            value.remove_prefix(1);
        if (!value.empty() && value.front() == '"') {
            value.remove_prefix(1);
            return value.substr(0, value.find('"'));
        }
        return value.substr(0, value.find_first_of(" \t\r\n;,()"));
    }
    return std::nullopt;
}

std::optional<domain::Ip> sender_ip_is(std::string_view text) {
    constexpr std::string_view words = "sender IP is";
    const std::size_t at = util::find_ignoring_case(text, words);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view rest = util::trim(text.substr(at + words.size()));
    return domain::parse_ip(rest.substr(0, rest.find_first_of(" \t\r\n;,)")));
}

} // namespace jmrp::classify
