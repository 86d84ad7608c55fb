#include "domain/address.hpp"

#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::domain {

std::string Address::key() const {
    return util::lower(local) + "@" + domain;
}

namespace {

bool acceptable_local_part(std::string_view local) noexcept {
    if (local.empty() || local.size() > 64)
        return false;
    const bool quoted = local.size() >= 2 && local.front() == '"' && local.back() == '"';
    for (const char c : local) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F)
            return false;
        if (!quoted && std::string_view(" \"(),:;<>[]\\").find(c) != std::string_view::npos)
            return false;
    }
    return true;
}

} // namespace

std::optional<Address> parse_address(std::string_view text) {
    text = util::trim(text);
    if (text.size() >= 2 && text.front() == '<' && text.back() == '>')
        text = util::trim(text.substr(1, text.size() - 2));
    const auto at = text.rfind('@');
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view local = text.substr(0, at);
    if (!acceptable_local_part(local) || (local.front() != '"' && local.find('@') != std::string_view::npos))
        return std::nullopt;
    auto domain = util::domain_to_ascii(text.substr(at + 1));
    if (!domain)
        return std::nullopt;
    return Address{std::string(local), std::move(*domain)};
}

} // namespace jmrp::domain
