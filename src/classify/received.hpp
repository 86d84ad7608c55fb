#pragma once
// The parts of trace and authentication fields that say where a mail came from.
#include <optional>
#include <string_view>
#include <vector>

#include "domain/ip.hpp"

namespace jmrp::classify {

/// One Received field (RFC 5321 section 4.4), views into it.
struct Hop {
    std::string_view from_host;       ///< what the client called itself
    std::string_view by_host;         ///< who stamped it
    std::string_view date;            ///< what follows the last ";"
    std::vector<domain::Ip> from_ips; ///< of the from clause, what the receiver saw before what the client claimed
};

Hop read_received(std::string_view value);

/// The hosts of Microsoft's consumer mail, by name.
bool is_microsoft_host(std::string_view host) noexcept;

/// The value of "name=value" in Received-SPF or Authentication-Results (any case, quotes taken off); the name stands at
/// the beginning of a word. Nothing where it is not there.
std::optional<std::string_view> tagged(std::string_view text, std::string_view name) noexcept;

/// The address after "sender IP is" in Microsoft's Authentication-Results.
std::optional<domain::Ip> sender_ip_is(std::string_view text);

} // namespace jmrp::classify
