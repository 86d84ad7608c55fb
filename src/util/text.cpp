#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace jmrp::util {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = lower(c);
    return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
    return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

std::size_t find_ignoring_case(std::string_view text, std::string_view needle, std::size_t from) noexcept {
    if (from > text.size())
        return std::string_view::npos;
    const auto hit = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), needle.begin(),
                                 needle.end(), [](char x, char y) { return lower(x) == lower(y); });
    return hit == text.end() && !needle.empty() ? std::string_view::npos : static_cast<std::size_t>(hit - text.begin());
}

bool contains_ignoring_case(std::string_view text, std::string_view needle) noexcept {
    return find_ignoring_case(text, needle) != std::string_view::npos;
}

bool is_space(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) noexcept {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}
bool is_alnum(char c) noexcept {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    while (true) {
        const auto at = text.find(separator);
        out.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return out;
        text.remove_prefix(at + 1);
    }
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) noexcept {
    if (text.empty())
        return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (!is_digit(c))
            return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10)
            return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

/// The code point at the front of `text`, which is not empty (RFC 3629: no surrogates, no overlong forms).
CodePoint front_code_point(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80)
        return {first, 1, true};
    std::size_t size = 0;
    char32_t value = 0;
    char32_t least = 0;
    if (first >= 0xC2 && first <= 0xDF)
        size = 2, value = first & 0x1FU, least = 0x80;
    else if (first >= 0xE0 && first <= 0xEF)
        size = 3, value = first & 0x0FU, least = 0x800;
    else if (first >= 0xF0 && first <= 0xF4)
        size = 4, value = first & 0x07U, least = 0x10000;
    else
        return {};
    if (text.size() < size)
        return {};
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U)
            return {};
        value = (value << 6U) | (byte(i) & 0x3FU);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return {};
    return {value, size, true};
}

bool harmful_on_a_terminal(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

std::string hex_digits(char32_t value, int least) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (; value != 0 || least > 0; value >>= 4U, --least)
        out.insert(out.begin(), digits[value & 0xFU]);
    return out;
}

} // namespace

std::string to_valid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const CodePoint c = front_code_point(bytes);
        out += c.valid ? bytes.substr(0, c.bytes) : replacement;
        bytes.remove_prefix(c.bytes);
    }
    return out;
}

std::string for_terminal(std::string_view bytes, std::size_t limit) {
    std::string out;
    const bool cut = bytes.size() > limit;
    bytes = bytes.substr(0, limit);
    while (!bytes.empty()) {
        const CodePoint c = front_code_point(bytes);
        if (!c.valid)
            out += replacement;
        else if (!harmful_on_a_terminal(c.value))
            out += bytes.substr(0, c.bytes);
        else if (c.value < 0x100)
            out += "\\x" + hex_digits(c.value, 2);
        else
            out += "\\u{" + hex_digits(c.value, 4) + "}";
        bytes.remove_prefix(c.bytes);
    }
    return cut ? out + "…" : out;
}

std::string for_csv(std::string_view bytes, bool neutralize) {
    std::string text(bytes);
    if (neutralize && !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        text.insert(text.begin(), '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    return out + '"';
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
    std::optional<std::string> found;
    for (const std::string& candidate : candidates) {
        std::vector<std::size_t> row(candidate.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 0; i < word.size(); ++i) {
            std::size_t diagonal = row[0]++;
            for (std::size_t j = 0; j < candidate.size(); ++j) {
                const std::size_t changed = diagonal + (lower(word[i]) == lower(candidate[j]) ? 0U : 1U);
                diagonal = row[j + 1];
                row[j + 1] = std::min({row[j] + 1, diagonal + 1, changed});
            }
        }
        if (row.back() < best) {
            best = row.back();
            found = candidate;
        }
    }
    return found;
}

} // namespace jmrp::util
