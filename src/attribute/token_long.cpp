// The long form: version and purpose, key, nonce, ciphertext, tag.
#include "attribute/token.hpp"
#include "attribute/token_form.hpp"
#include "util/base_codes.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::attribute {

namespace {

constexpr std::string_view marker = "jt1";
constexpr unsigned version = 1;
constexpr std::size_t most_chars = 900; ///< a header line ends at 998 (RFC 5322 section 2.1.1)
constexpr std::size_t pad_to = 8;       ///< so that the length tells little of the address
constexpr std::size_t most_text = 255;  ///< of one claim
constexpr std::size_t fixed_bytes = 1 + 4;
constexpr std::size_t before_seal = 2;

constexpr unsigned has_recipient = 1;
constexpr unsigned has_list = 2;
constexpr unsigned has_campaign = 4;
constexpr unsigned has_id = 8;

struct Text {
    unsigned flag;
    std::string domain::TokenClaims::*field;
    const char* name;
};
constexpr Text texts[] = {{has_list, &domain::TokenClaims::list, "list"},
                          {has_campaign, &domain::TokenClaims::campaign, "campaign"},
                          {has_id, &domain::TokenClaims::id, "id"}};

void put_text(std::string& out, std::string_view text, const char* name) {
    if (text.size() > most_text)
        throw util::Fault(util::FaultKind::usage, "seal a token", "the " + std::string(name) + " is too long",
                          "up to 255 bytes fit");
    out += static_cast<char>(text.size());
    out += text;
}

/// Which claims there are, the minute in four bytes, each text after its length, zeros up to a full length.
std::string encode(const domain::TokenClaims& claims) {
    if (!claims.recipient && claims.id.empty())
        throw util::Fault(util::FaultKind::usage, "seal a token", "it says neither recipient nor id");
    unsigned flags = claims.recipient ? has_recipient : 0;
    for (const Text& text : texts)
        flags |= (claims.*text.field).empty() ? 0 : text.flag;
    std::string out(1, static_cast<char>(flags));
    const auto minute = static_cast<std::uint32_t>(claims.sealed_at / 60);
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(minute >> static_cast<unsigned>(shift) & 0xFFU);
    if (claims.recipient)
        put_text(out, claims.recipient->text(), "recipient");
    for (const Text& text : texts)
        if ((flags & text.flag) != 0)
            put_text(out, claims.*text.field, text.name);
    out.resize((out.size() + pad_to - 1) / pad_to * pad_to, '\0');
    return out;
}

std::optional<std::string> take_text(std::string_view& bytes) {
    if (bytes.empty())
        return std::nullopt;
    const std::size_t length = static_cast<unsigned char>(bytes.front());
    if (bytes.size() < 1 + length)
        return std::nullopt;
    std::string text(bytes.substr(1, length));
    bytes.remove_prefix(1 + length);
    return text;
}

/// We wrote it, so whatever is not as we write it is wrong.
std::optional<domain::TokenClaims> decode(std::string_view bytes) {
    if (bytes.size() < fixed_bytes)
        return std::nullopt;
    const auto flags = static_cast<unsigned char>(bytes.front());
    domain::TokenClaims claims;
    for (const char byte : bytes.substr(1, 4))
        claims.sealed_at = claims.sealed_at * 256 + static_cast<unsigned char>(byte);
    claims.sealed_at *= 60;
    bytes.remove_prefix(fixed_bytes);
    if ((flags & has_recipient) != 0) {
        const auto text = take_text(bytes);
        claims.recipient = text ? domain::parse_address(*text) : std::nullopt;
        if (!claims.recipient)
            return std::nullopt;
    }
    for (const Text& text : texts) {
        if ((flags & text.flag) == 0)
            continue;
        auto value = take_text(bytes);
        if (!value)
            return std::nullopt;
        claims.*text.field = std::move(*value);
    }
    if (bytes.find_first_not_of('\0') != std::string_view::npos || (!claims.recipient && claims.id.empty()))
        return std::nullopt;
    return claims;
}

char first_byte(domain::TokenPurpose purpose) {
    return static_cast<char>(version << 4U | static_cast<unsigned>(purpose));
}

} // namespace

std::string associated_data(std::string_view form, domain::TokenPurpose purpose, unsigned key_id) {
    return std::string(form) + static_cast<char>(purpose) + static_cast<char>(key_id);
}

std::string seal_token(const util::Key& key, const domain::TokenClaims& claims, domain::TokenPurpose purpose,
                       const util::SealNonce& nonce) {
    std::string bytes{first_byte(purpose), static_cast<char>(key.id)};
    bytes += util::seal(key.secret, associated_data(marker, purpose, key.id), encode(claims), nonce);
    std::string text = std::string(marker) + util::base64url(bytes);
    if (text.size() > most_chars)
        throw util::Fault(util::FaultKind::usage, "seal a token", "it would not fit into a header line",
                          "shorten list, campaign or id");
    return text;
}

const TokenForm long_form = {marker,
                             [](char c) { return util::is_alnum(c) || c == '-' || c == '_'; },
                             marker.size() + (before_seal + util::seal_bytes + pad_to) * 4 / 3,
                             util::from_base64url,
                             1,
                             [](const util::Key& key, std::string_view bytes,
                                domain::TokenPurpose purpose) -> std::optional<domain::TokenClaims> {
                                 if (bytes.size() < before_seal || bytes.front() != first_byte(purpose))
                                     return std::nullopt;
                                 const auto plain = util::open_seal(
                                     key.secret, associated_data(marker, purpose, key.id), bytes.substr(before_seal));
                                 return plain ? decode(*plain) : std::nullopt;
                             }};

} // namespace jmrp::attribute
