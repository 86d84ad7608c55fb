#include "util/base_codes.hpp"

#include <sodium.h>

#include "util/text.hpp"

namespace jmrp::util {

namespace {

std::string encode(std::string_view bytes, int variant) {
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      variant);
    text.pop_back(); // it ends in a zero byte
    return text;
}

std::optional<std::string> decode(std::string_view text, const char* ignored, int variant) {
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                          ignored, &length, &end, variant) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(length);
    return bytes;
}

constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";

} // namespace

std::string base64url(std::string_view bytes) {
    return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> from_base64url(std::string_view text) {
    return decode(text, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string base64(std::string_view bytes) {
    return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> from_base64(std::string_view text) {
    while (!text.empty() && (text.back() == '=' || is_space(text.back())))
        text.remove_suffix(1);
    return decode(text, " \t\r\n", sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

std::string base32(std::string_view bytes) {
    std::string text;
    unsigned held = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        held = held << 8U | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= 5; bits -= 5)
            text += base32_digits[held >> (bits - 5) & 31U];
        held &= (1U << bits) - 1;
    }
    if (bits > 0)
        text += base32_digits[held << (5 - bits) & 31U];
    return text;
}

std::optional<std::string> from_base32(std::string_view text) {
    std::string bytes;
    unsigned held = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::size_t digit = base32_digits.find(lower(c));
        if (digit == std::string_view::npos)
            return std::nullopt;
        held = held << 5U | static_cast<unsigned>(digit);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(held >> bits & 0xFFU);
        }
        held &= (1U << bits) - 1;
    }
    if (held != 0 || bits >= 5) // a digit that stands for nothing
        return std::nullopt;
    return bytes;
}

int hex_value(char c) noexcept {
    if (is_digit(c))
        return c - '0';
    const char low = lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

} // namespace jmrp::util
