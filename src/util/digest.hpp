#pragma once
// Content digests (BLAKE2b of libsodium, cut to 128 bits: enough to tell mails apart, small enough for two large indexes).
#include <array>
#include <string>
#include <string_view>

namespace jmrp::util {

using Digest = std::array<unsigned char, 16>;

/// `purpose` separates digests of different kinds of thing: equal bytes, other purpose, other digest.
Digest digest(std::string_view purpose, std::string_view bytes);
std::string hex(const Digest& digest);

} // namespace jmrp::util
