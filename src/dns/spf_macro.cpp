#include "dns/spf_macro.hpp"

#include <algorithm>
#include <vector>

#include "domain/dns.hpp"
#include "util/percent.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::dns {

namespace {

constexpr std::size_t most_name_bytes = 253;

/// "192.0.2.1", or the nibbles of an IPv6 address in its own order.
std::string dotted(const domain::Ip& ip) {
    if (ip.is_v4())
        return ip.text();
    std::string out = domain::reversed(ip);
    std::ranges::reverse(out); // labels of one character each
    return out;
}

std::string value_of(char letter, const SpfMacros& macros) {
    switch (letter) {
    case 's':
        return macros.local + "@" + macros.sender_domain;
    case 'l':
        return macros.local;
    case 'o':
        return macros.sender_domain;
    case 'd':
        return macros.domain;
    case 'i':
        return dotted(macros.ip);
    case 'p':
        return macros.name_of_ip();
    case 'v':
        return macros.ip.is_v4() ? "in-addr" : "ip6";
    default:
        return macros.helo;
    }
}

/// Split at any of the delimiters, reversed where asked, the last `count` parts, joined with dots (section 7.1).
std::string transformed(const std::string& value, std::string_view count, bool reverses, std::string_view delimiters) {
    std::vector<std::string> parts(1);
    for (const char c : value) {
        if (delimiters.find(c) != std::string_view::npos)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    if (reverses)
        std::ranges::reverse(parts);
    const auto wanted = util::parse_unsigned(count);
    if (!count.empty() && wanted && *wanted < parts.size())
        parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(*wanted));
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i)
        out += (i == 0 ? "" : ".") + parts[i];
    return out;
}

/// `body` is what stands between the braces.
std::string expand_one(std::string_view body, const SpfMacros& macros) {
    const char letter = body.front();
    std::size_t at = 1;
    while (at < body.size() && util::is_digit(body[at]))
        ++at;
    const std::string_view count = body.substr(1, at - 1);
    const bool reverses = at < body.size() && util::lower(body[at]) == 'r';
    const std::string_view delimiters = body.substr(at + (reverses ? 1 : 0));
    const std::string value = transformed(value_of(util::lower(letter), macros), count, reverses,
                                          delimiters.empty() ? std::string_view(".") : delimiters);
    return letter >= 'A' && letter <= 'Z' ? util::percent_encode(value) : value;
}

std::string fitting(std::string name) {
    if (!name.empty() && name.back() == '.')
        name.pop_back();
    while (name.size() > most_name_bytes) {
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos)
            return name;
        name.erase(0, dot + 1);
    }
    return name;
}

} // namespace

std::string expand(std::string_view domain_spec, const SpfMacros& macros) {
    std::string out;
    while (!domain_spec.empty()) {
        if (domain_spec.front() != '%' || domain_spec.size() < 2) {
            out += domain_spec.front();
            domain_spec.remove_prefix(1);
            continue;
        }
        const char next = domain_spec[1];
        const std::size_t end = next == '{' ? domain_spec.find('}') : 1;
        if (end == std::string_view::npos)
            break;
        if (next == '{')
            out += expand_one(domain_spec.substr(2, end - 2), macros);
        else
            out += next == '%' ? "%" : next == '_' ? " " : "%20";
        domain_spec.remove_prefix(end + 1);
    }
    return fitting(std::move(out));
}

} // namespace jmrp::dns
