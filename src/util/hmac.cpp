#include "util/hmac.hpp"

#include <sodium.h>

namespace jmrp::util {

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
    unsigned char code[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    crypto_auth_hmacsha256_final(&state, code);
    sodium_memzero(&state, sizeof state);
    char text[2 * sizeof code + 1];
    return sodium_bin2hex(text, sizeof text, code, sizeof code);
}

} // namespace jmrp::util
