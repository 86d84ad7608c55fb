#include "util/digest.hpp"

#include <md5.h>
#include <sodium.h>

namespace jmrp::util {

Digest digest(std::string_view purpose, std::string_view bytes) {
    static const bool ready = sodium_init() >= 0; // picks the code for this processor
    static_cast<void>(ready);
    Digest out{};
    crypto_generichash_state state;
    const auto length = static_cast<unsigned char>(purpose.size());
    crypto_generichash_init(&state, nullptr, 0, out.size());
    crypto_generichash_update(&state, &length, 1);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(purpose.data()), length);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    crypto_generichash_final(&state, out.data(), out.size());
    return out;
}

Digest ordered_digest(std::uint32_t order, std::string_view purpose, std::string_view bytes) {
    Digest out = digest(purpose, bytes);
    for (std::size_t i = 0; i < sizeof order; ++i)
        out[i] = static_cast<unsigned char>(order >> (24U - 8U * i));
    return out;
}

namespace {

std::string hex_of(const unsigned char* bytes, std::size_t size) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(2 * size);
    for (std::size_t i = 0; i < size; ++i) {
        out += digits[bytes[i] >> 4U];
        out += digits[bytes[i] & 0xFU];
    }
    return out;
}

} // namespace

std::string hex(const Digest& digest) {
    return hex_of(digest.data(), digest.size());
}

std::string sha256_hex(std::string_view bytes) {
    unsigned char out[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(out, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    return hex_of(out, sizeof out);
}

std::string md5_hex(std::string_view bytes) {
    std::string out(MD5_DIGEST_STRING_LENGTH, '\0');
    MD5Data(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), out.data());
    out.pop_back(); // the NUL that ends it
    return out;
}

} // namespace jmrp::util
