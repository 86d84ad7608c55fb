// The short form: key, tag that is also the nonce, ciphertext. Inside: what and how (one byte), the day (two), the value.
#include <algorithm>
#include <array>

#include "attribute/token.hpp"
#include "attribute/token_form.hpp"
#include "util/base_codes.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::attribute {

namespace {

constexpr std::string_view marker = "js1";
constexpr std::size_t before_seal = 1;
constexpr std::size_t most_bytes = (short_token_chars - marker.size()) * 5 / 8;
constexpr std::size_t fixed_bytes = 1 + 2;
constexpr std::size_t most_value = most_bytes - before_seal - util::short_seal_bytes - fixed_bytes;
static_assert(most_value == 24);

/// The first byte: bit 7 for an id, bits 4 to 6 how the value is written, bits 0 to 3 the domain.
constexpr unsigned is_id = 0x80;
enum class Writing : unsigned { plain = 0, six_bits = 1, uuid = 2 };

/// Domains with a number instead of letters. Sealed tokens hold the numbers: rows are never changed; 0 is "written out".
constexpr std::string_view domains[] = {
    "",           "outlook.com",   "hotmail.com", "live.com",    "msn.com", "gmail.com",  "yahoo.com",  "aol.com",
    "hotmail.fr", "hotmail.co.uk", "icloud.com",  "comcast.net", "live.nl", "outlook.fr", "outlook.de", "hotmail.it"};
static_assert(std::size(domains) == 16);

/// What an address in lower case is made of, in order of its six-bit code; 0 ends the text. Never changed either.
constexpr std::string_view letters =
    std::string_view("\0abcdefghijklmnopqrstuvwxyz0123456789.@-_+=!#$%&'*/?^`{|}~", 58);
static_assert(letters.size() <= 64 && letters.back() == '~');

std::optional<std::string> pack_six_bits(std::string_view text) {
    std::string bytes;
    unsigned held = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::size_t code = c == '\0' ? std::string_view::npos : letters.find(c);
        if (code == std::string_view::npos)
            return std::nullopt;
        held = (held << 6U | static_cast<unsigned>(code)) & 0x3FFFU;
        for (bits += 6; bits >= 8; bits -= 8)
            bytes += static_cast<char>(held >> (bits - 8) & 0xFFU);
    }
    if (bits > 0)
        bytes += static_cast<char>(held << (8 - bits) & 0xFFU);
    return bytes;
}

std::optional<std::string> unpack_six_bits(std::string_view bytes) {
    std::string text;
    unsigned held = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        held = (held << 8U | static_cast<unsigned char>(byte)) & 0x3FFFU;
        for (bits += 8; bits >= 6; bits -= 6) {
            const unsigned code = held >> (bits - 6) & 0x3FU;
            if (code >= letters.size())
                return std::nullopt;
            text += letters[code];
        }
    }
    const std::size_t end = text.find('\0');
    return end == std::string::npos ? text : text.substr(0, end);
}

/// 8-4-4-4-12 lower-case hexadecimal digits, as 16 bytes.
constexpr std::size_t uuid_chars = 36;
constexpr std::size_t uuid_bytes = 16;
constexpr bool is_uuid_dash(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

std::optional<std::string> pack_uuid(std::string_view text) {
    if (text.size() != uuid_chars)
        return std::nullopt;
    std::string bytes;
    int high = -1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int digit = util::hex_value(text[i]);
        if (is_uuid_dash(i) ? text[i] != '-' : digit < 0 || (text[i] >= 'A' && text[i] <= 'F'))
            return std::nullopt;
        if (is_uuid_dash(i))
            continue;
        if (high < 0) {
            high = digit;
        } else {
            bytes += static_cast<char>(high * 16 + digit);
            high = -1;
        }
    }
    return bytes;
}

std::optional<std::string> unpack_uuid(std::string_view bytes) {
    if (bytes.size() != uuid_bytes)
        return std::nullopt;
    std::string text;
    for (const char byte : bytes) {
        if (is_uuid_dash(text.size()))
            text += '-';
        for (const int digit : {static_cast<unsigned char>(byte) >> 4, static_cast<unsigned char>(byte) & 15})
            text += "0123456789abcdef"[static_cast<std::size_t>(digit)];
    }
    return text;
}

struct Packing {
    Writing writing;
    std::optional<std::string> (*pack)(std::string_view text);
    std::optional<std::string> (*unpack)(std::string_view bytes);
};
std::optional<std::string> as_it_is(std::string_view text) {
    return std::string(text);
}
/// The shortest that can write the text is taken.
constexpr Packing packings[] = {{Writing::uuid, pack_uuid, unpack_uuid},
                                {Writing::six_bits, pack_six_bits, unpack_six_bits},
                                {Writing::plain, as_it_is, as_it_is}};

/// The value with its first byte; nothing where it does not fit.
std::optional<std::string> pack(std::string_view text, unsigned kind) {
    for (const Packing& packing : packings) {
        const auto bytes = packing.pack(text);
        if (bytes && bytes->size() <= most_value)
            return static_cast<char>(kind | static_cast<unsigned>(packing.writing) << 4U) + *bytes;
    }
    return std::nullopt;
}

std::optional<std::string> pack(const domain::TokenClaims& claims) {
    if (!claims.recipient)
        return pack(claims.id, is_id);
    for (unsigned code = 1; code < std::size(domains); ++code)
        if (claims.recipient->domain == domains[code])
            return pack(claims.recipient->local, code);
    return pack(claims.recipient->text(), 0);
}

std::optional<domain::TokenClaims> unpack(std::string_view plain) {
    if (plain.size() <= fixed_bytes)
        return std::nullopt;
    const auto first = static_cast<unsigned char>(plain[0]);
    const auto packing = std::find_if(std::begin(packings), std::end(packings), [&](const Packing& one) {
        return static_cast<unsigned>(one.writing) == (first >> 4U & 7U);
    });
    if (packing == std::end(packings))
        return std::nullopt;
    auto text = packing->unpack(plain.substr(fixed_bytes));
    if (!text || text->empty())
        return std::nullopt;
    domain::TokenClaims claims;
    const auto high = static_cast<unsigned char>(plain[1]);
    const auto low = static_cast<unsigned char>(plain[2]);
    claims.sealed_at = util::Seconds{86400} * (high * 256 + low);
    if ((first & is_id) != 0) {
        claims.id = std::move(*text);
        return claims;
    }
    if (const unsigned code = first & 15U; code != 0)
        *text += "@" + std::string(domains[code]);
    claims.recipient = domain::parse_address(*text);
    return claims.recipient ? std::optional(claims) : std::nullopt;
}

} // namespace

std::string seal_short_token(const util::Key& key, const domain::TokenClaims& claims, domain::TokenPurpose purpose) {
    if (!claims.recipient && claims.id.empty())
        throw util::Fault(util::FaultKind::usage, "seal a token", "it says neither recipient nor id");
    auto value = pack(claims);
    if (!value)
        throw util::Fault(util::FaultKind::usage, "seal a short token",
                          claims.recipient ? "the recipient is too long for a return path" : "the id is too long",
                          claims.recipient ? "use --id and a number of yours in place of --recipient"
                                           : "use an --id of at most 24 bytes");
    const util::Day day = util::day_of(claims.sealed_at);
    value->insert(1, {static_cast<char>(day >> 8 & 0xFF), static_cast<char>(day & 0xFF)});
    return std::string(marker) +
           util::base32(static_cast<char>(key.id) +
                        util::seal_short(key.secret, associated_data(marker, purpose, key.id), *value));
}

const TokenForm short_form = {marker,
                              util::is_alnum,
                              marker.size() + (before_seal + util::short_seal_bytes + fixed_bytes + 1) * 8 / 5,
                              util::from_base32,
                              0,
                              [](const util::Key& key, std::string_view bytes,
                                 domain::TokenPurpose purpose) -> std::optional<domain::TokenClaims> {
                                  const auto plain =
                                      util::open_short_seal(key.secret, associated_data(marker, purpose, key.id),
                                                            bytes.substr(std::min(before_seal, bytes.size())));
                                  return plain ? unpack(*plain) : std::nullopt;
                              }};

} // namespace jmrp::attribute
