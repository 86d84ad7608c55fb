#pragma once
// The parts of authentication fields that say where a mail came from.
#include <optional>
#include <string_view>

#include "domain/ip.hpp"

namespace jmrp::classify {

/// The hosts of Microsoft's consumer mail, by name.
bool is_microsoft_host(std::string_view host) noexcept;

/// The value of "name=value" in Received-SPF or Authentication-Results (any case, quotes taken off); the name stands at
/// the beginning of a word. Nothing where it is not there.
std::optional<std::string_view> tagged(std::string_view text, std::string_view name) noexcept;

/// The address after "sender IP is" in Microsoft's Authentication-Results.
std::optional<domain::Ip> sender_ip_is(std::string_view text);

} // namespace jmrp::classify
