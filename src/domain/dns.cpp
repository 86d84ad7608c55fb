#include "domain/dns.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::domain {

namespace {

bool is_plain(char c) noexcept {
    return c >= 0x20 && c < 0x7F && c != '\\';
}

std::string escaped(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        if (is_plain(c)) {
            out += c;
            continue;
        }
        const std::string digits = std::to_string(static_cast<unsigned char>(c));
        out += '\\' + std::string(3 - digits.size(), '0') + digits;
    }
    return out;
}

std::optional<std::string> unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_plain(text[i])) {
            out += text[i];
            continue;
        }
        const auto code = text.size() - i > 3 ? util::parse_unsigned(text.substr(i + 1, 3)) : std::nullopt;
        if (text[i] != '\\' || !code || *code > 0xFF)
            return std::nullopt;
        out += static_cast<char>(*code);
        i += 3;
    }
    return out;
}

} // namespace

std::string DnsQuestion::text() const {
    return escaped(util::lower(shown.empty() ? name : shown)) + " " + std::string(to_text(type));
}

std::string content_of(const DnsAnswer& answer) {
    if (answer.outcome == DnsOutcome::failure)
        return answer.why;
    std::string out;
    for (const std::string& value : answer.values)
        out += escaped(value) + "\n";
    return out;
}

std::optional<DnsAnswer> dns_answer_of(DnsOutcome outcome, std::string_view content, util::Seconds asked_at) {
    DnsAnswer out{outcome, {}, {}, asked_at};
    if (outcome == DnsOutcome::failure) {
        out.why = content;
        return out;
    }
    while (!content.empty()) {
        const std::size_t end = content.find('\n');
        auto value = end == std::string_view::npos ? std::nullopt : unescaped(content.substr(0, end));
        if (!value)
            return std::nullopt;
        out.values.push_back(std::move(*value));
        content.remove_prefix(end + 1);
    }
    return out;
}

std::array<unsigned char, 16> bytes_of(const Ip& ip) {
    std::array<unsigned char, 16> out{};
    ::inet_pton(ip.is_v4() ? AF_INET : AF_INET6, ip.text().c_str(), out.data());
    return out;
}

std::string reversed(const Ip& ip) {
    std::string out;
    if (ip.is_v4()) {
        const std::string text = ip.text();
        std::vector<std::string_view> octets = util::split(text, '.');
        std::reverse(octets.begin(), octets.end());
        for (const std::string_view octet : octets)
            out += (out.empty() ? "" : ".") + std::string(octet);
        return out;
    }
    constexpr const char* digits = "0123456789abcdef";
    const auto bytes = bytes_of(ip);
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte)
        for (const int nibble : {*byte & 0x0F, *byte >> 4}) {
            if (!out.empty())
                out += '.';
            out += digits[nibble];
        }
    return out;
}

} // namespace jmrp::domain
