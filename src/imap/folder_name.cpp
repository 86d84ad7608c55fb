#include "imap/folder_name.hpp"

#include <algorithm>

#include "util/base_codes.hpp"
#include "util/text.hpp"

namespace jmrp::imap {

namespace {

bool stands_for_itself(char c) {
    return c >= 0x20 && c <= 0x7E;
}

/// The code point at the front of valid UTF-8, and how many bytes it takes.
std::pair<char32_t, std::size_t> front_of(std::string_view utf8) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
    const unsigned char first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t value = size == 1 ? first : first & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i)
        value = (value << 6U) | (byte(i) & 0x3FU);
    return {value, size};
}

void append_unit(std::string& bytes, char32_t unit) {
    bytes += static_cast<char>(static_cast<unsigned char>(unit >> 8U));
    bytes += static_cast<char>(static_cast<unsigned char>(unit & 0xFFU));
}

void append_utf16(std::string& bytes, char32_t value) {
    if (value < 0x10000) {
        append_unit(bytes, value);
        return;
    }
    append_unit(bytes, 0xD800 + ((value - 0x10000) >> 10U));
    append_unit(bytes, 0xDC00 + ((value - 0x10000) & 0x3FFU));
}

void append_utf8(std::string& text, char32_t value) {
    const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    const auto tail = [&](unsigned shift) { put(0x80U | ((value >> shift) & 0x3FU)); };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0U | (value >> 6U));
        tail(0);
    } else if (value < 0x10000) {
        put(0xE0U | (value >> 12U));
        tail(6);
        tail(0);
    } else {
        put(0xF0U | (value >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

/// UTF-16, big end first; nothing: a surrogate without its other half, or half a unit.
std::optional<std::string> utf8_of(std::string_view bytes) {
    if (bytes.empty() || bytes.size() % 2 != 0)
        return std::nullopt;
    const auto unit = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(bytes[i]) << 8U) |
               static_cast<unsigned char>(bytes[i + 1]);
    };
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        char32_t value = unit(i);
        if (value >= 0xD800 && value < 0xE000) {
            i += 2;
            if (value >= 0xDC00 || i >= bytes.size() || unit(i) < 0xDC00 || unit(i) >= 0xE000)
                return std::nullopt;
            value = 0x10000 + ((value - 0xD800) << 10U) + (unit(i) - 0xDC00);
        }
        append_utf8(text, value);
    }
    return text;
}

std::string with_replaced(std::string text, char from, char to) {
    std::replace(text.begin(), text.end(), from, to);
    return text;
}

} // namespace

std::optional<std::string> to_modified_utf7(std::string_view name) {
    if (util::to_valid_utf8(name) != name)
        return std::nullopt;
    std::string out;
    while (!name.empty()) {
        if (stands_for_itself(name.front())) {
            out += name.front() == '&' ? "&-" : std::string(1, name.front());
            name.remove_prefix(1);
            continue;
        }
        std::string units;
        while (!name.empty() && !stands_for_itself(name.front())) {
            const auto [value, size] = front_of(name);
            append_utf16(units, value);
            name.remove_prefix(size);
        }
        std::string code = with_replaced(util::base64(units), '/', ',');
        code.resize(code.find_last_not_of('=') + 1);
        out += "&" + code + "-";
    }
    return out;
}

std::string from_modified_utf7(std::string_view name) {
    std::string out;
    for (std::string_view rest = name; !rest.empty();) {
        if (rest.front() != '&') {
            out += rest.front();
            rest.remove_prefix(1);
            continue;
        }
        const auto end = rest.find('-');
        if (end == std::string_view::npos)
            return std::string(name);
        const std::string_view code = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        if (code.empty()) {
            out += '&';
            continue;
        }
        const auto units = util::from_base64(with_replaced(std::string(code), ',', '/'));
        const auto text = units ? utf8_of(*units) : std::nullopt;
        if (!text)
            return std::string(name);
        out += *text;
    }
    return out;
}

bool is_inbox(std::string_view name) {
    return util::equal_ignoring_case(name, "INBOX");
}

} // namespace jmrp::imap
