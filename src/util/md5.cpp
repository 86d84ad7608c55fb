// MD5 (RFC 1321), for suppression lists of others that are made of it; for nothing that has to be safe.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "util/digest.hpp"

namespace jmrp::util {

namespace {

using State = std::array<std::uint32_t, 4>;
constexpr std::size_t block = 64;

/// The table of section 3.4: the integer part of 2^32 times the sine of 1, 2, ... 64.
std::array<std::uint32_t, 64> sines() {
    std::array<std::uint32_t, 64> out{};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
    return out;
}

constexpr int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

void mix(State& state, const char* bytes) {
    static const std::array<std::uint32_t, 64> table = sines();
    std::uint32_t words[16];
    for (std::size_t i = 0; i < 16; ++i) {
        words[i] = 0;
        for (std::size_t byte = 0; byte < 4; ++byte)
            words[i] |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[4 * i + byte])) << (8 * byte);
    }
    auto [a, b, c, d] = state;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::size_t round = i / 16;
        const std::uint32_t chosen = round == 0   ? (b & c) | (~b & d)
                                     : round == 1 ? (d & b) | (~d & c)
                                     : round == 2 ? b ^ c ^ d
                                                  : c ^ (b | ~d);
        const std::size_t word = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
        const std::uint32_t sum = a + chosen + table[i] + words[word % 16];
        a = d;
        d = c;
        c = b;
        b += std::rotl(sum, turns[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

} // namespace

std::string md5_hex(std::string_view bytes) {
    State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    std::size_t at = 0;
    for (; bytes.size() - at >= block; at += block)
        mix(state, bytes.data() + at);
    std::string last(bytes.substr(at));
    last += '\x80';
    last.resize(last.size() <= block - 8 ? block - 8 : 2 * block - 8, '\0');
    const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
    for (std::size_t byte = 0; byte < 8; ++byte)
        last += static_cast<char>(bits >> (8 * byte));
    for (at = 0; at < last.size(); at += block)
        mix(state, last.data() + at);
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const std::uint32_t word : state)
        for (std::size_t byte = 0; byte < 4; ++byte) {
            out += digits[word >> (8 * byte + 4) & 0xFU];
            out += digits[word >> (8 * byte) & 0xFU];
        }
    return out;
}

} // namespace jmrp::util
