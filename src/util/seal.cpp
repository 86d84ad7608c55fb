#include "util/seal.hpp"

#include <sodium.h>

#include <algorithm>

#include "util/fault.hpp"

namespace jmrp::util {

namespace {

static_assert(seal_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(SecretKey().size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
              SecretKey().size() == crypto_stream_xchacha20_KEYBYTES &&
              SecretKey().size() == crypto_generichash_KEYBYTES);
static_assert(SealNonce().size() == crypto_stream_xchacha20_NONCEBYTES);

void get_ready() {
    static const bool ready = sodium_init() >= 0;
    if (!ready)
        throw Fault(FaultKind::system, "start libsodium", "the system gives no random numbers");
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

/// One secret in the key file, one key for each use of it.
SecretKey derived(const SecretKey& key, std::string_view use) {
    SecretKey out{};
    crypto_generichash(out.data(), out.size(), bytes(use), use.size(), key.data(), key.size());
    return out;
}

using ShortTag = std::array<unsigned char, short_seal_bytes>;

ShortTag short_tag(const SecretKey& key, std::string_view associated, std::string_view plain) {
    const SecretKey tag_key = derived(key, "jmrp short seal: tag");
    const auto length = static_cast<unsigned char>(associated.size());
    std::array<unsigned char, crypto_generichash_BYTES_MIN> tag{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, tag_key.data(), tag_key.size(), tag.size());
    crypto_generichash_update(&state, &length, 1);
    crypto_generichash_update(&state, bytes(associated), length);
    crypto_generichash_update(&state, bytes(plain), plain.size());
    crypto_generichash_final(&state, tag.data(), tag.size());
    ShortTag out{};
    std::copy_n(tag.begin(), out.size(), out.begin());
    return out;
}

std::string with_key_stream(const SecretKey& key, const ShortTag& tag, std::string_view text) {
    const SecretKey stream_key = derived(key, "jmrp short seal: stream");
    SealNonce nonce{};
    std::copy(tag.begin(), tag.end(), nonce.begin());
    std::string out(text.size(), '\0');
    crypto_stream_xchacha20_xor(bytes(out), bytes(text), text.size(), nonce.data(), stream_key.data());
    return out;
}

} // namespace

SecretKey new_secret_key() {
    get_ready();
    SecretKey key{};
    randombytes_buf(key.data(), key.size());
    return key;
}

SealNonce random_nonce() {
    get_ready();
    SealNonce nonce{};
    randombytes_buf(nonce.data(), nonce.size());
    return nonce;
}

std::string seal(const SecretKey& key, std::string_view associated, std::string_view plain, const SealNonce& nonce) {
    get_ready();
    const SecretKey seal_key = derived(key, "jmrp seal");
    std::string out(nonce.size() + plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
    std::copy(nonce.begin(), nonce.end(), bytes(out));
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(out) + nonce.size(), nullptr, bytes(plain), plain.size(),
                                               bytes(associated), associated.size(), nullptr, nonce.data(),
                                               seal_key.data());
    return out;
}

std::optional<std::string> open_seal(const SecretKey& key, std::string_view associated, std::string_view sealed) {
    if (sealed.size() < seal_bytes)
        return std::nullopt;
    get_ready();
    const SecretKey seal_key = derived(key, "jmrp seal");
    const std::string_view nonce = sealed.substr(0, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
    const std::string_view rest = sealed.substr(nonce.size());
    std::string plain(sealed.size() - seal_bytes, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(plain), nullptr, nullptr, bytes(rest), rest.size(),
                                                   bytes(associated), associated.size(), bytes(nonce),
                                                   seal_key.data()) != 0)
        return std::nullopt;
    return plain;
}

std::string seal_short(const SecretKey& key, std::string_view associated, std::string_view plain) {
    get_ready();
    const ShortTag tag = short_tag(key, associated, plain);
    return std::string(tag.begin(), tag.end()) + with_key_stream(key, tag, plain);
}

std::optional<std::string> open_short_seal(const SecretKey& key, std::string_view associated, std::string_view sealed) {
    if (sealed.size() < short_seal_bytes)
        return std::nullopt;
    get_ready();
    ShortTag tag{};
    std::copy_n(bytes(sealed), tag.size(), tag.begin());
    std::string plain = with_key_stream(key, tag, sealed.substr(tag.size()));
    const ShortTag expected = short_tag(key, associated, plain);
    if (sodium_memcmp(tag.data(), expected.data(), tag.size()) != 0)
        return std::nullopt;
    return plain;
}

} // namespace jmrp::util
