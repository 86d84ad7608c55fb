#include "util/idna.hpp"

#include <idn2.h>

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::util {

namespace {

bool plain_ascii(std::string_view domain) noexcept {
    for (const char c : domain)
        if (!is_alnum(c) && c != '-' && c != '.' && c != '_')
            return false;
    return true;
}

/// RFC 1035 lengths; labels are not empty. One dot at the end is the root and was taken off before.
bool well_formed(std::string_view domain) {
    if (domain.empty() || domain.size() > 253)
        return false;
    for (const std::string_view label : split(domain, '.'))
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
    return true;
}

} // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
    if (!domain.empty() && domain.back() == '.')
        domain.remove_suffix(1);
    if (plain_ascii(domain)) // nearly every domain: no table look-ups
        return well_formed(domain) ? std::optional(lower(domain)) : std::nullopt;
    const auto allowed = [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || plain_ascii(std::string_view(&c, 1));
    };
    if (domain.size() > 255 || !std::all_of(domain.begin(), domain.end(), allowed))
        return std::nullopt;
    char* converted = nullptr;
    const std::string text(domain);
    if (idn2_to_ascii_8z(text.c_str(), &converted, IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES) != IDN2_OK)
        return std::nullopt;
    const std::string ascii(converted);
    idn2_free(converted);
    return plain_ascii(ascii) && well_formed(ascii) ? std::optional(lower(ascii)) : std::nullopt;
}

} // namespace jmrp::util
