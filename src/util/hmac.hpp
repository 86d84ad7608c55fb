#pragma once
// HMAC (RFC 2104), for signatures that others check.
#include <string>
#include <string_view>

namespace jmrp::util {

/// HMAC-SHA256 in lower-case hexadecimal; a key of any length.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

} // namespace jmrp::util
