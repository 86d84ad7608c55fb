#pragma once
#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::domain {

/// An IPv4 or IPv6 address. IPv4-mapped IPv6 (::ffff:192.0.2.1) is read as IPv4.
class Ip {
  public:
    bool is_v4() const noexcept { return v4_; }
    /// Dotted decimal, or RFC 5952.
    std::string text() const;
    /// False for everything no stranger's mail can come from: RFC 1918, loopback, link-local, 0/8, 100.64/10, multicast,
    /// reserved, fc00::/7, fe80::/10 (the list in jmrp.md section 4). Documentation networks count as public.
    bool is_public() const noexcept;

    // clang-tidy 14 takes the 0 that < compares its result with for a pointer.
    auto operator<=>(const Ip&) const = default; // NOLINT(modernize-use-nullptr)

  private:
    friend std::optional<Ip> parse_ip(std::string_view);
    friend struct Network;
    bool v4_ = true;
    std::array<unsigned char, 16> bytes_{}; ///< IPv4 in the first four
};

/// Also accepts what reports write around it: "[192.0.2.1]", "IPv6:2001:db8::1", blanks. Nothing else may follow.
std::optional<Ip> parse_ip(std::string_view text);

struct Network {
    Ip base;
    int prefix = 32;

    bool contains(const Ip& ip) const noexcept;
    std::string text() const;
    std::string short_text() const; ///< a single address without its prefix
};

/// "192.0.2.0/24", or a single address.
std::optional<Network> parse_network(std::string_view text);
bool any_contains(const std::vector<Network>& networks, const Ip& ip) noexcept;

} // namespace jmrp::domain
