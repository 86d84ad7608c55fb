#pragma once
// Enumerations and their texts: one table each, the same text in SQL, JSON and on the command line.
#include <optional>
#include <string_view>
#include <utility>

namespace jmrp::domain {

/// Specialized beside each enumeration: `static constexpr std::pair<E, std::string_view> table[]`.
template <typename E>
struct Names;

template <typename E>
constexpr std::string_view to_text(E value) {
    for (const auto& [candidate, text] : Names<E>::table)
        if (candidate == value)
            return text;
    return {};
}

template <typename E>
constexpr std::optional<E> from_text(std::string_view wanted) {
    for (const auto& [value, text] : Names<E>::table)
        if (text == wanted)
            return value;
    return std::nullopt;
}

} // namespace jmrp::domain
