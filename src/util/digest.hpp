#pragma once
// Content digests (BLAKE2b of libsodium, cut to 128 bits: enough to tell mails apart, small enough for two large indexes).
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace jmrp::util {

using Digest = std::array<unsigned char, 16>;

/// `purpose` separates digests of different kinds of thing: equal bytes, other purpose, other digest.
Digest digest(std::string_view purpose, std::string_view bytes);
/// The same with a number in place of its first 32 bits, so that digests lie in the order of the numbers. The leaves of a
/// large index that new keys go to are few then, where digests alone would go to all of them; 96 bits still tell apart.
Digest ordered_digest(std::uint32_t order, std::string_view purpose, std::string_view bytes);
std::string hex(const Digest& digest);

/// For lists that others compare with theirs, in lower-case hexadecimal. MD5 (RFC 1321) hides nothing from who guesses.
std::string sha256_hex(std::string_view bytes);
std::string md5_hex(std::string_view bytes);

} // namespace jmrp::util
