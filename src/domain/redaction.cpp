#include "domain/redaction.hpp"

#include <algorithm>
#include <array>

#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::domain {

namespace {

/// Whole local parts that stand for a person somebody did not want to name.
constexpr std::array<std::string_view, 12> placeholders = {"redacted",   "undisclosed", "masked",        "hidden",
                                                           "anonymized", "anonymised",  "withheld",      "removed",
                                                           "obfuscated", "suppressed",  "not-disclosed", "localpart"};
constexpr std::array<std::string_view, 3> placeholder_beginnings = {"undisclosed-recipient", "undisclosed_recipient",
                                                                    "redacted-"};

bool is_placeholder(std::string_view local) {
    const std::string word = util::lower(local);
    if (std::find(placeholders.begin(), placeholders.end(), word) != placeholders.end())
        return true;
    if (std::any_of(placeholder_beginnings.begin(), placeholder_beginnings.end(),
                    [&](std::string_view begin) { return word.starts_with(begin); }))
        return true;
    return word.find('*') != std::string::npos ||
           (word.size() >= 3 && word.find_first_not_of('x') == std::string::npos);
}

bool is_placeholder_domain(std::string_view domain) {
    for (const std::string_view label : util::split(domain, '.'))
        if (label == "redacted" || label == "masked" || label == "undisclosed")
            return true;
    return domain.ends_with(".invalid") || domain == "invalid" || domain.find('*') != std::string_view::npos;
}

/// MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 in hexadecimal, or a base64 word. A long local part with "+" alone
/// may be a person's tag, so that needs the mix of characters that only an encoded hash has.
bool is_hash(std::string_view local) {
    if (util::equal_ignoring_case(local, "hashed"))
        return true;
    constexpr std::array<std::size_t, 6> hex_digits = {32, 40, 56, 64, 96, 128};
    const auto all = [&](auto accepts) { return std::all_of(local.begin(), local.end(), accepts); };
    if (all(util::is_hex))
        return std::find(hex_digits.begin(), hex_digits.end(), local.size()) != hex_digits.end();
    constexpr std::size_t shortest = 16;
    if (local.size() < shortest ||
        !all([](char c) { return util::is_alnum(c) || std::string_view("+/=-_").find(c) != std::string_view::npos; }))
        return false;
    const std::size_t padding = local.find('=');
    if (padding != std::string_view::npos)
        return padding >= local.size() - 2 && local.find_first_not_of('=', padding) == std::string_view::npos;
    const bool mixed = std::any_of(local.begin(), local.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
                       std::any_of(local.begin(), local.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
                       std::any_of(local.begin(), local.end(), util::is_digit);
    constexpr std::size_t unpadded = 22; // 128 bits
    if (local.find('/') != std::string_view::npos)
        return mixed || local.size() >= unpadded;
    return mixed && local.size() >= unpadded && (local.find('+') != std::string_view::npos || local.size() >= 43);
}

std::string_view between_brackets(std::string_view text) noexcept {
    const std::size_t close = text.rfind('>');
    if (close == std::string_view::npos)
        return text;
    const std::size_t open = text.rfind('<', close);
    return open == std::string_view::npos ? text : util::trim(text.substr(open + 1, close - open - 1));
}

/// Without the blanks a fold inside a token leaves; quoted local parts keep theirs.
std::string without_blanks(std::string_view text) {
    std::string out(text);
    if (text.find('"') == std::string_view::npos)
        std::erase_if(out, util::is_space);
    return out;
}

} // namespace

ReportedAddress read_mailbox(std::string_view text) {
    text = util::trim(text);
    if (util::starts_with_ignoring_case(text, "rfc822;")) // RFC 3464 writes the type of the address before it
        text = util::trim(text.substr(7));
    if (text.empty())
        return {};
    const std::string_view inner = between_brackets(text);
    if (inner.empty())
        return {};
    const auto address = parse_address(without_blanks(inner));
    if (!address) {
        // A hash may hold characters no address can ("=", "/" are fine, a missing domain is not).
        const std::string_view local = inner.substr(0, inner.find('@'));
        return {is_hash(local) ? RecipientStatus::hashed : RecipientStatus::masked, std::nullopt};
    }
    if (is_hash(address->local))
        return {RecipientStatus::hashed, std::nullopt};
    if (is_placeholder(address->local) || is_placeholder_domain(address->domain) ||
        address->domain.find('.') == std::string::npos)
        return {RecipientStatus::masked, std::nullopt};
    return {RecipientStatus::known, address};
}

std::optional<std::string> bare_sender(std::string_view text) {
    text = util::trim(text);
    if (text.empty())
        return std::nullopt;
    const std::string_view inner = between_brackets(text);
    if (inner.empty() || inner == "\"\"")
        return std::string();
    std::string bare = without_blanks(inner);
    if (bare.front() == '@') // source route, RFC 5321 appendix C
        bare.erase(0, std::min(bare.find(':'), bare.size() - 1) + 1);
    const std::size_t at = bare.rfind('@');
    const std::string_view local = at == std::string::npos ? std::string_view() : std::string_view(bare).substr(0, at);
    const auto domain = util::domain_to_ascii(std::string_view(bare).substr(at == std::string::npos ? 0 : at + 1));
    const auto harmful = [](char c) {
        return c == '<' || c == '>' || static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
    };
    if (!domain || std::any_of(bare.begin(), bare.end(), harmful) || is_placeholder(local) ||
        is_placeholder_domain(*domain))
        return std::nullopt;
    if (at == std::string::npos)
        return domain->find('.') == std::string::npos ? std::nullopt : domain;
    const bool quoted = local.size() > 2 && local.front() == '"' && local.back() == '"';
    if (local.empty() || (!quoted && local.find_first_of(" @\"") != std::string_view::npos))
        return std::nullopt;
    return std::string(local) + "@" + *domain;
}

} // namespace jmrp::domain
