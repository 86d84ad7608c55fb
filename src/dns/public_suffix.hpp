#pragma once
#include <string>
#include <string_view>

namespace jmrp::dns {

/// The organizational domain (RFC 7489 section 3.2) by the public suffix list of the system: "example.co.uk" for
/// "mail.example.co.uk". A public suffix, and what is no name, is returned as it is. Takes A-labels in lower case.
std::string organizational_domain(std::string_view domain);

} // namespace jmrp::dns
