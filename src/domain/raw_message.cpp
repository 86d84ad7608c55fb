#include "domain/raw_message.hpp"

#include <algorithm>
#include <array>

#include "util/text.hpp"

namespace jmrp::domain {

namespace {

constexpr std::size_t looked_at = std::size_t{32} << 10;

constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};

/// "Mon, 16 Nov 2026 13:10:02 +0000": the day, the month, the year and the hour are told apart by their length and place.
std::uint32_t hour_of(std::string_view date) noexcept {
    std::uint32_t year = 0;
    std::uint32_t month = 0;
    std::uint32_t day = 0;
    while (!date.empty()) {
        const auto* const end = std::ranges::find_if_not(date, util::is_alnum);
        const std::string_view word(date.begin(), end);
        const auto number = static_cast<std::uint32_t>(util::parse_unsigned(word.substr(0, 4)).value_or(0));
        if (word.size() == 4)
            year = number;
        else if (word.size() == 3)
            month = static_cast<std::uint32_t>(
                std::ranges::find_if(months,
                                     [&](std::string_view name) { return util::equal_ignoring_case(name, word); }) -
                months.begin());
        else if (!word.empty() && year == 0)
            day = number;
        else if (!word.empty())
            return ((year * 13 + month) * 32 + day) * 24 + number;
        date.remove_prefix(std::min(word.size() + 1, date.size()));
    }
    return 0;
}

} // namespace

std::uint32_t order_in_time(std::string_view bytes) noexcept {
    std::string_view rest = bytes.substr(0, looked_at);
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (line.empty() || line == "\r")
            return 0; // the header ends
        if (util::starts_with_ignoring_case(line, "date:"))
            return hour_of(line.substr(5));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return 0;
}

} // namespace jmrp::domain
