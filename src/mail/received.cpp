#include "mail/received.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::mail {

namespace {

/// The first `word` that stands alone outside comments, at or after `from`.
std::size_t find_clause(std::string_view text, std::string_view word, std::size_t from) noexcept {
    int depth = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (text[i] == '(')
            ++depth;
        else if (text[i] == ')')
            depth -= depth > 0 ? 1 : 0;
        else if (depth == 0 && (i == 0 || util::is_space(text[i - 1])) &&
                 util::starts_with_ignoring_case(text.substr(i), word) && i + word.size() < text.size() &&
                 util::is_space(text[i + word.size()]))
            return i;
    }
    return std::string_view::npos;
}

std::string_view word_after(std::string_view text, std::size_t at) noexcept {
    text = util::trim(text.substr(std::min(at, text.size())));
    return text.substr(0, text.find_first_of(" \t\r\n(;"));
}

bool may_be_in_ip(char c) noexcept {
    return util::is_hex(c) || c == '.' || c == ':';
}

/// Addresses written in `text`, each a whole word; those after "helo=" are claims and left out.
void add_ips(std::string_view text, std::vector<domain::Ip>& ips) {
    for (std::size_t i = 0; i < text.size();) {
        if (!util::is_hex(text[i]) && text[i] != ':') {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() &&
               (util::is_alnum(text[end]) || std::string_view(".:-_%@").find(text[end]) != std::string_view::npos))
            ++end;
        std::string_view word = text.substr(i, end - i);
        std::string_view before = text.substr(0, i);
        while (!before.empty() && before.back() == '[')
            before.remove_suffix(1);
        before = before.substr(before.size() - std::min<std::size_t>(before.size(), 5));
        const bool claimed = util::equal_ignoring_case(before, "helo=") || util::equal_ignoring_case(before, "ehlo=") ||
                             util::equal_ignoring_case(before, "HELO ") || util::equal_ignoring_case(before, "EHLO ");
        i = end;
        if (claimed || !std::all_of(word.begin(), word.end(), may_be_in_ip))
            continue;
        // Exim and Ecelerity write the port behind an IPv4 address.
        if (std::count(word.begin(), word.end(), ':') == 1 && word.find('.') != std::string_view::npos)
            word = word.substr(0, word.find(':'));
        if (word.find_first_of(".:") == std::string_view::npos)
            continue;
        if (const auto ip = domain::parse_ip(word))
            ips.push_back(*ip);
    }
}

/// "IPv6:2001:db8::1" begins with letters that are no part of the address.
std::string without_ipv6_tag(std::string_view text) {
    std::string out(text);
    for (std::size_t at = 0; (at = util::find_ignoring_case(out, "ipv6:", at)) != std::string::npos;)
        out.erase(at, 5);
    return out;
}

} // namespace

Hop read_received(std::string_view value) {
    Hop hop;
    const std::size_t semicolon = value.rfind(';');
    if (semicolon != std::string_view::npos)
        hop.date = util::trim(value.substr(semicolon + 1));
    const std::size_t by = find_clause(value, "by", 0);
    if (by != std::string_view::npos)
        hop.by_host = word_after(value, by + 3);
    // Both stand behind the "by" clause: before it a client could have called itself like that.
    const std::size_t stamped = by == std::string_view::npos ? value.size() : by;
    if (const std::size_t with = find_clause(value, "with", stamped); with != std::string_view::npos)
        hop.with = word_after(value, with + 5);
    if (const std::size_t id = find_clause(value, "id", stamped); id != std::string_view::npos)
        hop.id = word_after(value, id + 3);
    if (const std::size_t to = find_clause(value, "for", stamped); to != std::string_view::npos)
        hop.for_mailbox = word_after(value, to + 4);
    const std::size_t from = find_clause(value, "from", 0);
    if (from == std::string_view::npos || (by != std::string_view::npos && by < from))
        return hop;
    const std::string clause = without_ipv6_tag(value.substr(
        from + 5, by == std::string_view::npos ? semicolon - std::min(semicolon, from + 5) : by - from - 5));
    hop.from_host = word_after(value, from + 5);
    // In comments stands what the receiver saw, before them what the client said.
    const std::size_t comment = clause.find('(');
    if (comment != std::string::npos)
        add_ips(std::string_view(clause).substr(comment), hop.from_ips);
    add_ips(std::string_view(clause).substr(0, comment), hop.from_ips);
    return hop;
}

} // namespace jmrp::mail
