#include "domain/request.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::domain {

std::string DelistRequest::told_ticket() const {
    const auto found = std::ranges::find(events, RequestEventKind::ticket, &RequestEvent::kind);
    return found == events.end() ? std::string() : found->ticket;
}

std::optional<std::string> parse_ticket(std::string_view text) {
    constexpr std::size_t digits = 10;
    text = util::trim(text);
    if (util::starts_with_ignoring_case(text, "SRX"))
        text.remove_prefix(3);
    if (text.size() == digits + 2 && util::equal_ignoring_case(text.substr(digits), "ID"))
        text.remove_suffix(2);
    if (text.size() != digits || !std::ranges::all_of(text, util::is_digit))
        return std::nullopt;
    return std::string(text);
}

std::string text_of(const std::vector<Network>& networks, char separator) {
    std::string out;
    for (const Network& network : networks) {
        if (!out.empty())
            out += separator;
        out += network.short_text();
    }
    return out;
}

std::vector<Network> parse_networks(std::string_view text, char separator) {
    std::vector<Network> out;
    for (const std::string_view word : util::split(text, separator))
        if (const auto network = parse_network(util::trim(word)))
            out.push_back(*network);
    return out;
}

bool overlap(const Network& a, const Network& b) noexcept {
    return a.contains(b.base) || b.contains(a.base);
}

bool any_overlap(const std::vector<Network>& some, const std::vector<Network>& others) noexcept {
    return std::ranges::any_of(some, [&](const Network& one) {
        return std::ranges::any_of(others, [&](const Network& other) { return overlap(one, other); });
    });
}

bool are_within(const std::vector<Network>& parts, const std::vector<Network>& wholes) noexcept {
    return std::ranges::all_of(parts, [&](const Network& part) {
        return std::ranges::any_of(
            wholes, [&](const Network& whole) { return whole.prefix <= part.prefix && whole.contains(part.base); });
    });
}

} // namespace jmrp::domain
