#include "domain/subscriber.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::domain {

std::string text_of(const Person& person) {
    if (const auto* address = std::get_if<Address>(&person))
        return address->text();
    const auto& subscriber = std::get<Subscriber>(person);
    return "@" + subscriber.system + ":" + subscriber.id;
}

std::string key_of(const Person& person) {
    const auto* address = std::get_if<Address>(&person);
    return address ? address->key() : text_of(person);
}

std::optional<Person> parse_person(std::string_view text) {
    text = util::trim(text);
    if (!text.starts_with('@')) {
        auto address = parse_address(text);
        return address ? std::optional<Person>(std::move(*address)) : std::nullopt;
    }
    constexpr std::size_t longest = 1024;
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 1 || colon + 1 == text.size() || text.size() > longest ||
        !std::ranges::all_of(text, printable))
        return std::nullopt;
    return Subscriber{std::string(text.substr(1, colon - 1)), std::string(text.substr(colon + 1))};
}

} // namespace jmrp::domain
