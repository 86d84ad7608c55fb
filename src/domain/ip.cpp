#include "domain/ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "util/text.hpp"

namespace jmrp::domain {

std::string Ip::text() const {
    char buffer[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), buffer, sizeof buffer);
    return buffer;
}

std::optional<Ip> parse_ip(std::string_view text) {
    text = util::trim(text);
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        text = util::trim(text.substr(1, text.size() - 2));
    if (util::starts_with_ignoring_case(text, "IPv6:"))
        text = util::trim(text.substr(5));
    if (text.empty() || text.size() >= INET6_ADDRSTRLEN)
        return std::nullopt;
    const std::string zero_ended(text);
    Ip ip;
    if (::inet_pton(AF_INET, zero_ended.c_str(), ip.bytes_.data()) == 1)
        return ip;
    ip.v4_ = false;
    if (::inet_pton(AF_INET6, zero_ended.c_str(), ip.bytes_.data()) != 1)
        return std::nullopt;
    static constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::equal(mapped.begin(), mapped.end(), ip.bytes_.begin())) {
        Ip v4;
        std::copy_n(ip.bytes_.begin() + 12, 4, v4.bytes_.begin());
        return v4;
    }
    return ip;
}

bool Network::contains(const Ip& ip) const noexcept {
    if (ip.v4_ != base.v4_)
        return false;
    const auto whole = static_cast<std::size_t>(prefix) / 8;
    if (std::memcmp(ip.bytes_.data(), base.bytes_.data(), whole) != 0)
        return false;
    const auto bits = static_cast<unsigned>(prefix) % 8;
    if (bits == 0)
        return true;
    const auto mask = static_cast<unsigned char>(0xFFU << (8U - bits));
    return (ip.bytes_[whole] & mask) == (base.bytes_[whole] & mask);
}

std::string Network::text() const {
    return base.text() + "/" + std::to_string(prefix);
}

std::string Network::short_text() const {
    return prefix == (base.is_v4() ? 32 : 128) ? base.text() : text();
}

std::optional<Network> parse_network(std::string_view text) {
    text = util::trim(text);
    const auto slash = text.find('/');
    const auto ip = parse_ip(text.substr(0, slash));
    if (!ip)
        return std::nullopt;
    const int longest = ip->is_v4() ? 32 : 128;
    if (slash == std::string_view::npos)
        return Network{*ip, longest};
    const auto prefix = util::parse_unsigned(text.substr(slash + 1));
    if (!prefix || *prefix > static_cast<unsigned>(longest))
        return std::nullopt;
    return Network{*ip, static_cast<int>(*prefix)};
}

bool any_contains(const std::vector<Network>& networks, const Ip& ip) noexcept {
    return std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.contains(ip); });
}

bool Ip::is_public() const noexcept {
    static const std::vector<Network> not_public = [] {
        std::vector<Network> out;
        for (const std::string_view text :
             {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
              "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8"})
            out.push_back(*parse_network(text));
        return out;
    }();
    return !any_contains(not_public, *this);
}

} // namespace jmrp::domain
