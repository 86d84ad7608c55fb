#include "classify/text_address.hpp"

#include <algorithm>
#include <array>

#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::size_t longest_local_part = 64;
constexpr std::size_t longest_domain = 255;

// By the first letters: systems append host names and numbers ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e").
constexpr std::array<std::string_view, 14> system_names = {
    "mailer-daemon", "mailer_daemon", "mailerdaemon",        "mail-daemon",          "mail_daemon",
    "maildaemon",    "mdaemon",       "postmaster",          "post_master",          "post-master",
    "mail.delivery", "mail-delivery", "microsoftexchange32", "mail_delivery_system",
};

bool is_local_part(char c) noexcept {
    return util::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool is_domain(char c) noexcept {
    return util::is_alnum(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

std::size_t local_part_before(std::string_view text, std::size_t at, std::size_t from) noexcept {
    const std::size_t lowest = std::max(from, at > longest_local_part ? at - longest_local_part : 0);
    std::size_t begin = at;
    if (begin > lowest && text[begin - 1] == '"') {
        const std::size_t open = text.substr(0, begin - 1).rfind('"');
        return open != std::string_view::npos && open >= lowest ? open : at;
    }
    while (begin > lowest && is_local_part(text[begin - 1]))
        --begin;
    return begin;
}

} // namespace

std::optional<FoundAddress> find_address(std::string_view text, std::size_t from) {
    for (std::size_t at = text.find('@', from); at != std::string_view::npos; at = text.find('@', at + 1)) {
        std::size_t begin = local_part_before(text, at, from);
        std::size_t end = at + 1;
        while (end < text.size() && end - at <= longest_domain && is_domain(text[end]))
            ++end;
        while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-'))
            --end;
        if (begin < at && end < text.size() && text[begin] == '\'' && text[end] == '\'')
            ++begin;
        const std::string_view domain = text.substr(at + 1, end - at - 1);
        const std::size_t dot = domain.rfind('.');
        if (begin == at || dot == std::string_view::npos || util::is_digit(domain.back()))
            continue;
        if (auto address = domain::parse_address(text.substr(begin, end - begin)))
            return FoundAddress{std::move(*address), begin, end};
    }
    return std::nullopt;
}

bool is_mail_system(std::string_view local_part) noexcept {
    return std::any_of(system_names.begin(), system_names.end(),
                       [&](std::string_view name) { return util::starts_with_ignoring_case(local_part, name); });
}

} // namespace jmrp::classify
