#include "domain/feed.hpp"

#include <algorithm>

namespace jmrp::domain {

bool is_feed_name(std::string_view name) noexcept {
    constexpr std::size_t most = 64;
    return !name.empty() && name.size() <= most && name.front() != '-' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    });
}

} // namespace jmrp::domain
