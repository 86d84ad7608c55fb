#include "source/from_line.hpp"

#include <algorithm>
#include <array>

#include "util/text.hpp"

namespace jmrp::source {

namespace {

constexpr std::string_view from = "From ";

enum Part : unsigned { year = 1, month = 2, day = 4, time = 8, weekday = 16, zone = 32 };
constexpr unsigned a_date = year | month | day | time;

bool all_digits(std::string_view word) noexcept {
    return !word.empty() && std::all_of(word.begin(), word.end(), util::is_digit);
}

bool is_year(std::string_view word) noexcept {
    return word.size() == 4 && all_digits(word) && (word.substr(0, 2) == "19" || word.substr(0, 2) == "20");
}

bool is_day(std::string_view word) noexcept {
    return word.size() <= 2 && all_digits(word);
}

/// 9:05, 09:05, 09:05:59, 09:05:59.123
bool is_time(std::string_view word) noexcept {
    const auto colon = word.find(':');
    if (colon == std::string_view::npos || colon > 2 || !all_digits(word.substr(0, colon)))
        return false;
    std::string_view rest = word.substr(colon + 1);
    if (rest.size() < 2 || !all_digits(rest.substr(0, 2)))
        return false;
    rest.remove_prefix(2);
    if (rest.empty())
        return true;
    rest.remove_prefix(1);
    return word[colon + 3] == ':' && rest.size() >= 2 && all_digits(rest.substr(0, 2)) &&
           (rest.size() == 2 || rest[2] == '.' || rest[2] == ',');
}

bool is_one_of(std::string_view word, std::string_view names) noexcept {
    if (word.size() < 3)
        return false;
    for (; !names.empty(); names.remove_prefix(3))
        if (util::equal_ignoring_case(word.substr(0, 3), names.substr(0, 3)))
            return std::all_of(word.begin(), word.end(),
                               [](char c) { return util::is_alnum(c) && !util::is_digit(c); });
    return false;
}

bool is_month(std::string_view word) noexcept {
    return is_one_of(word, "janfebmaraprmayjunjulaugsepoctnovdec");
}
bool is_weekday(std::string_view word) noexcept {
    return is_one_of(word, "montuewedthufrisatsun");
}

/// +0100, -08:00, CET, (CEST), Z
bool is_zone(std::string_view word) noexcept {
    if (word.front() == '+' || word.front() == '-')
        return word.size() >= 5 && word.size() <= 6 && all_digits(word.substr(1, 2)) &&
               all_digits(word.substr(word.size() - 2));
    if (word.size() > 2 && word.front() == '(' && word.back() == ')')
        word = word.substr(1, word.size() - 2);
    return word.size() <= 5 && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// 2026-11-22T08:00:00Z
bool is_timestamp(std::string_view word) noexcept {
    return word.size() >= 16 && is_year(word.substr(0, 4)) && word[4] == '-' && is_day(word.substr(5, 2)) &&
           word[7] == '-' && is_day(word.substr(8, 2)) && word[10] == 'T' && word[13] == ':';
}

struct Kind {
    unsigned parts;
    bool (*matches)(std::string_view) noexcept;
};
// In order: what a word may be is asked of the narrowest kind first.
constexpr std::array<Kind, 7> kinds = {{{a_date, is_timestamp},
                                        {time, is_time},
                                        {year, is_year},
                                        {day, is_day},
                                        {month, is_month},
                                        {weekday, is_weekday},
                                        {zone, is_zone}}};

/// The word that ends `text`, which has no blank at its end.
std::string_view last_word(std::string_view text) noexcept {
    const auto blank = text.find_last_of(" \t");
    return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

void drop_remote_from(std::string_view& text) noexcept {
    std::string_view rest = util::trim(text.substr(0, text.size() - last_word(text).size()));
    for (const std::string_view expected : {std::string_view("from"), std::string_view("remote")}) {
        const std::string_view word = last_word(rest);
        if (word != expected)
            return;
        rest = util::trim(rest.substr(0, rest.size() - word.size()));
    }
    text = rest;
}

} // namespace

bool begins_like_from_line(std::string_view text) noexcept {
    if (text.substr(0, from.size()) != from)
        return false;
    const auto behind = text.find_first_not_of(" \t", from.size());
    return behind == std::string_view::npos || text[behind] != ':';
}

bool is_from_line(std::string_view line) noexcept {
    if (line.size() > longest_from_line || !begins_like_from_line(line))
        return false;
    std::string_view rest = util::trim(line.substr(from.size()));
    drop_remote_from(rest);
    unsigned seen = 0;
    while (!rest.empty()) { // from the end, because a sender may look like anything
        std::string_view word = last_word(rest);
        std::string_view bare = word;
        if (bare.size() > 1 && bare.back() == ',')
            bare.remove_suffix(1);
        const auto* kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) { return k.matches(bare); });
        if (kind == kinds.end())
            break;
        const bool again = (seen & kind->parts) != 0;
        if (again && kind->parts != zone)
            break;
        seen |= kind->parts;
        rest = util::trim(rest.substr(0, rest.size() - word.size()));
    }
    if ((seen & a_date) != a_date)
        return false;
    const std::string_view word = last_word(rest);
    return word.size() == rest.size() || word.find('@') != std::string_view::npos;
}

std::size_t leading_from_line(std::string_view text) noexcept {
    if (!begins_like_from_line(text))
        return 0;
    const auto end = text.substr(0, longest_from_line + 2).find('\n');
    return end == std::string_view::npos ? 0 : end + 1;
}

std::string_view without_line_end(std::string_view line) noexcept {
    if (!line.empty() && line.back() == '\n')
        line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    return line;
}

} // namespace jmrp::source
