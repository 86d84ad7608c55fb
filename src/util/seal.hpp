#pragma once
// Sealing: text that only we can read and nobody can make or change (libsodium). `associated` is sealed with it but not in it:
// it has to be the same at both ends, so it is where a purpose goes.
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace jmrp::util {

using SecretKey = std::array<unsigned char, 32>;
SecretKey new_secret_key();

using SealNonce = std::array<unsigned char, 24>;
SealNonce random_nonce();

/// XChaCha20-Poly1305-IETF: nonce, ciphertext, tag; `seal_bytes` longer than what is sealed. A nonce is used once: only test
/// vectors give one.
std::string seal(const SecretKey& key, std::string_view associated, std::string_view plain,
                 const SealNonce& nonce = random_nonce());
std::optional<std::string> open_seal(const SecretKey& key, std::string_view associated, std::string_view sealed);
inline constexpr std::size_t seal_bytes = 24 + 16;

/// For where room is dear: a keyed BLAKE2b tag of 8 bytes, which is also the nonce of the stream cipher (a synthetic initialization
/// vector), then the ciphertext. Equal input gives equal output. A forger hits once in 2^64 attempts; of 2^32 seals under
/// one key two may share their key stream.
std::string seal_short(const SecretKey& key, std::string_view associated, std::string_view plain);
std::optional<std::string> open_short_seal(const SecretKey& key, std::string_view associated, std::string_view sealed);
inline constexpr std::size_t short_seal_bytes = 8;

} // namespace jmrp::util
