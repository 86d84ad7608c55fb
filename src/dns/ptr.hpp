#pragma once
// Has the address a name that leads back to it (RFC 1912 section 2.1, "iprev" in RFC 8601 section 3), one of its own, and the
// one that its server says?
#include <optional>
#include <string>
#include <string_view>

#include "dns/resolver.hpp"
#include "domain/dns_facts.hpp"

namespace jmrp::dns {

/// Ten names are looked at, as in SPF (RFC 7208 section 5.5).
domain::PtrFinding check_ptr(Resolver& resolver, const domain::Ip& ip, std::optional<std::string_view> helo);

/// Looks as a provider names addresses by the number, such as "192-0-2-7.pool.isp.example": three octets of the address, or
/// its hexadecimal digits, or a word such as "dynamic" stand left of the registered domain.
bool is_generic_name(std::string_view name, const domain::Ip& ip);

} // namespace jmrp::dns
