#include "domain/refusal_text.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::domain {

namespace {

/// Return paths that hold an address are longer than RFC 5321 allows.
constexpr std::size_t longest_local = 320;

bool in_local_part(char c) {
    return util::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}
bool in_domain(char c) {
    return util::is_alnum(c) || c == '-' || c == '.';
}

/// Where an address has its "@", as text or in a link ("%40").
std::size_t sign_length(std::string_view text, std::size_t at) {
    return text[at] == '@' ? 1 : text.substr(at, 3) == "%40" ? 3 : 0;
}

/// Where the local part begins that ends before `at`, no earlier than `from`.
std::size_t local_begin(std::string_view text, std::size_t from, std::size_t at) {
    if (at > from && text[at - 1] == '"') {
        const std::size_t quote = text.substr(0, at - 1).rfind('"');
        if (quote != std::string_view::npos && quote >= from)
            return quote;
    }
    while (at > from && in_local_part(text[at - 1]))
        --at;
    return at;
}

std::string_view domain_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && in_domain(text[end]))
        ++end;
    while (end > at && text[end - 1] == '.')
        --end;
    return text.substr(at, end - at);
}

bool delists(std::string_view local, std::string_view domain) {
    const std::string lower = util::lower(domain);
    return util::starts_with_ignoring_case(local, "delist") &&
           (lower == "microsoft.com" || lower.ends_with(".microsoft.com"));
}

} // namespace

std::string without_people(std::string_view text, std::size_t limit) {
    std::string line = util::to_valid_utf8(text.substr(0, limit));
    if (text.size() > limit) {
        const std::size_t begin = local_begin(line, 0, line.size());
        if (line.size() - begin <= longest_local)
            line.resize(begin);
    }
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, ' ');
    const std::string_view all = line;
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = 0; at < all.size(); ++at) {
        const std::size_t sign = sign_length(all, at);
        if (sign == 0)
            continue;
        const std::size_t begin = local_begin(all, done, at);
        const std::string_view local = all.substr(begin, at - begin);
        out += all.substr(done, begin - done);
        out += local.empty() || delists(local, domain_at(all, at + sign)) ? local : "***";
        out += all.substr(at, sign);
        done = at + sign;
        at = done - 1;
    }
    out += all.substr(done);
    return out;
}

std::optional<Address> printed_mailbox(std::string_view text) {
    for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        const std::size_t begin = local_begin(text, 0, at);
        const std::string_view domain = domain_at(text, at + 1);
        const std::string_view local = text.substr(begin, at - begin);
        if (delists(local, domain))
            return parse_address(std::string(local) + "@" + std::string(domain));
    }
    return std::nullopt;
}

} // namespace jmrp::domain
