#include "exports/lines.hpp"

#include <array>

#include "util/digest.hpp"
#include "util/text.hpp"

namespace jmrp::exports {

namespace {

/// What ends a line, or is a blank, for some program: C1 controls, and the separators and blanks of Unicode.
bool has_odd_blank(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const auto next = static_cast<unsigned char>(text[i + 1]);
        const auto last = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0;
        if ((lead == 0xC2 && next <= 0xA0) || (lead == 0xE1 && next == 0x9A && last == 0x80) ||
            (lead == 0xE2 && next == 0x80 && (last <= 0x8F || (last >= 0xA8 && last <= 0xAF))) ||
            (lead == 0xE2 && next == 0x81 && last >= 0x9F) || (lead == 0xE3 && next == 0x80 && last == 0x80) ||
            (lead == 0xEF && next == 0xBB && last == 0xBF))
            return true;
    }
    return false;
}

constexpr unsigned char refused = 1;
constexpr unsigned char not_ascii = 2;
constexpr std::array<unsigned char, 256> kind_of_byte = [] {
    std::array<unsigned char, 256> out{};
    for (std::size_t byte = 0; byte < out.size(); ++byte)
        out[byte] = byte <= 0x20 || byte == 0x7F || byte == '"' || byte == '\\' ? refused
                    : byte >= 0x80                                              ? not_ascii
                                                                                : 0;
    return out;
}();

} // namespace

bool is_plain_word(std::string_view address) {
    if (address.empty() || std::string_view("#-@\"").find(address.front()) != std::string_view::npos)
        return false;
    unsigned seen = 0;
    for (const char c : address) // without a branch: this is asked of millions
        seen |= kind_of_byte[static_cast<unsigned char>(c)];
    if ((seen & refused) != 0)
        return false;
    const bool ascii = (seen & not_ascii) == 0;
    return ascii || (util::to_valid_utf8(address) == address && !has_odd_blank(address));
}

bool address_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    const std::string& address = suppression.person;
    if (!is_plain_word(address))
        return false;
    out.append(address).push_back('\n');
    return true;
}

/// Such lines become arguments of commands.
bool list_program_line(std::string& out, const domain::Suppression& suppression, const Words& words) {
    return address_line(out, suppression, words);
}

bool majordomo_line(std::string& out, const domain::Suppression& suppression, const Words& words) {
    if (!is_plain_word(suppression.person))
        return false;
    out.append("unsubscribe ").append(words.list).append(" ").append(suppression.person).push_back('\n');
    return true;
}

bool sha256_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    out.append(util::sha256_hex(suppression.key)).push_back('\n');
    return true;
}

bool md5_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    out.append(util::md5_hex(suppression.key)).push_back('\n');
    return true;
}

} // namespace jmrp::exports
