// Finding tokens in text that mail systems have handled, and opening them.
#include <algorithm>

#include "attribute/token.hpp"
#include "attribute/token_form.hpp"
#include "util/base_codes.hpp"
#include "util/text.hpp"

namespace jmrp::attribute {

namespace {

constexpr std::size_t most_text = 64 << 10; ///< nobody writes a token behind that
const TokenForm* const forms[] = {&long_form, &short_form};

/// "%2D" and "=2D" are "-"; whatever else stays.
std::string unescaped(std::string_view text, std::string_view signs, char underscore = '_') {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = signs.find(text[i]) != std::string_view::npos && i + 2 < text.size() &&
                            util::is_hex(text[i + 1]) && util::is_hex(text[i + 2]);
        if (escape) {
            out += static_cast<char>(util::hex_value(text[i + 1]) * 16 + util::hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '_' ? underscore : text[i];
        }
    }
    return out;
}

/// Encoded words (RFC 2047) are read as bytes: a token is ASCII in every charset they name.
std::string without_encoded_words(std::string_view text) {
    std::string out;
    while (true) {
        const std::size_t begin = text.find("=?");
        out += text.substr(0, begin);
        if (begin == std::string_view::npos)
            return out;
        text.remove_prefix(begin);
        const std::size_t charset = text.find('?', 2);
        const std::size_t words = charset == std::string_view::npos ? charset : charset + 3;
        const std::size_t end = words == std::string_view::npos ? words : text.find("?=", words);
        if (end == std::string_view::npos || text[words - 1] != '?') {
            out += text.substr(0, 2);
            text.remove_prefix(2);
            continue;
        }
        const std::string_view inside = text.substr(words, end - words);
        if (util::lower(text[charset + 1]) == 'b')
            out += util::from_base64(inside).value_or("");
        else
            out += unescaped(inside, "=", ' ');
        text.remove_prefix(end + 2);
    }
}

std::string without_blanks(std::string text) {
    std::erase_if(text, util::is_space);
    return text;
}

/// "=" at the end of a line of quoted-printable.
std::string without_soft_breaks(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '=' || i + 1 >= text.size() || !util::is_space(text[i + 1]))
            out += text[i];
    return out;
}

void add_once(std::vector<std::string>& list, std::string text) {
    if (list.size() < most_candidates && std::find(list.begin(), list.end(), text) == list.end())
        list.push_back(std::move(text));
}

/// A marker begins a word: what looks like one inside of other base64 is none.
const TokenForm* form_at(std::string_view text, std::size_t at) {
    if (at > 0 && util::is_alnum(text[at - 1]))
        return nullptr;
    if (text.substr(at).starts_with(long_form.marker))
        return &long_form;
    return util::starts_with_ignoring_case(text.substr(at), short_form.marker) ? &short_form : nullptr;
}

void scan(std::string_view text, std::vector<std::string>& found) {
    for (std::size_t at = 0; at < text.size();) {
        const TokenForm* form = form_at(text, at);
        if (!form) {
            ++at;
            continue;
        }
        std::size_t end = at + form->marker.size();
        while (end < text.size() && form->accepts(text[end]))
            ++end;
        if (end - at >= form->least_chars)
            add_once(found, std::string(text.substr(at, end - at)));
        at = end;
    }
}

constexpr util::Seconds day = 86400;

domain::TokenStatus age_status(const util::Key& key, const domain::TokenClaims& claims, const domain::TokenRules& rules,
                               util::Seconds now) {
    if (claims.sealed_at > now + day)
        return domain::TokenStatus::wrong;
    if (key.retired && now > *key.retired + rules.grace_days * day)
        return domain::TokenStatus::retired_key;
    return now > claims.sealed_at + rules.max_age_days * day ? domain::TokenStatus::expired
                                                             : domain::TokenStatus::opened;
}

/// `text` is one that find_tokens() gave.
OpenedToken open_found(std::string_view text, const domain::TokenRules& rules, util::Seconds now,
                       domain::TokenPurpose purpose) {
    OpenedToken opened;
    const auto form = std::find_if(std::begin(forms), std::end(forms), [&](const TokenForm* one) {
        return util::starts_with_ignoring_case(text, one->marker);
    });
    const auto bytes = (*form)->decode(text.substr((*form)->marker.size()));
    if (!bytes || bytes->size() <= (*form)->key_at)
        return opened;
    opened.key_id = static_cast<unsigned char>((*bytes)[(*form)->key_at]);
    const util::Key* key = rules.keys ? rules.keys->keys().find(opened.key_id) : nullptr;
    if (!key) {
        opened.status = domain::TokenStatus::unknown_key;
        return opened;
    }
    auto claims = (*form)->unseal(*key, *bytes, purpose);
    if (!claims)
        return opened;
    opened.claims = std::move(*claims);
    opened.status = age_status(*key, opened.claims, rules, now);
    if (opened.status == domain::TokenStatus::wrong)
        opened.claims = {};
    return opened;
}

} // namespace

std::vector<std::string> find_tokens(std::string_view text) {
    const std::string words = without_encoded_words(text.substr(0, most_text));
    std::vector<std::string> found;
    for (const std::string& whole : {without_blanks(words), without_blanks(without_soft_breaks(words))}) {
        scan(whole, found);
        scan(unescaped(whole, "%="), found);
    }
    return found;
}

OpenedToken open_token(std::string_view text, const domain::TokenRules& rules, util::Seconds now,
                       domain::TokenPurpose purpose) {
    OpenedToken first;
    bool any = false;
    for (const std::string& candidate : find_tokens(text)) {
        OpenedToken opened = open_found(candidate, rules, now, purpose);
        if (opened.status == domain::TokenStatus::opened)
            return opened;
        if (!std::exchange(any, true))
            first = std::move(opened);
    }
    return first;
}

} // namespace jmrp::attribute
