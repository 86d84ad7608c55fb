#include <array>
#include <chrono>

#include "mail/message.hpp"
#include "util/text.hpp"

namespace jmrp::mail {

namespace {

constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};

/// Hours east of UTC. RFC 5322 section 4.3 names the American zones; the others are what mail systems print.
constexpr std::pair<std::string_view, int> zones[] = {
    {"ut", 0},    {"utc", 0},   {"gmt", 0},   {"z", 0},     {"est", -5}, {"edt", -4},  {"cst", -6},
    {"cdt", -5},  {"mst", -7},  {"mdt", -6},  {"pst", -8},  {"pdt", -7}, {"hst", -10}, {"akst", -9},
    {"akdt", -8}, {"wet", 0},   {"west", 1},  {"bst", 1},   {"cet", 1},  {"cest", 2},  {"met", 1},
    {"mest", 2},  {"eet", 2},   {"eest", 3},  {"msk", 3},   {"hkt", 8},  {"sgt", 8},   {"jst", 9},
    {"kst", 9},   {"aest", 10}, {"aedt", 11}, {"nzst", 12}, {"nzdt", 13}};

struct Parts {
    int day = 0, month = 0, year = -1;
    int hour = -1, minute = 0, second = 0;
    std::optional<int> offset; ///< seconds east of UTC
};

int number(std::string_view digits) noexcept {
    const auto value = util::parse_unsigned(digits);
    return value && *value <= 9999 ? static_cast<int>(*value) : -1;
}

bool read_time(std::string_view word, Parts& parts) {
    const auto fields = util::split(word.substr(0, word.find('.')), ':');
    if (fields.size() < 2 || fields.size() > 3)
        return false;
    parts.hour = number(fields[0]);
    parts.minute = number(fields[1]);
    parts.second = fields.size() == 3 ? number(fields[2]) : 0;
    return parts.hour >= 0 && parts.hour < 24 && parts.minute >= 0 && parts.minute < 60 && parts.second >= 0 &&
           parts.second <= 60;
}

bool read_offset(std::string_view word, Parts& parts) {
    std::string digits;
    for (const char c : word.substr(1))
        if (c != ':')
            digits += c;
    const int value = digits.size() == 4 ? number(digits) : -1;
    if (value < 0 || value % 100 > 59 || value / 100 > 14)
        return false;
    const int seconds = (value / 100 * 60 + value % 100) * 60;
    parts.offset = word[0] == '-' ? -seconds : seconds;
    return true;
}

/// A weekday, a month or a zone; weekdays and unknown zones say nothing (RFC 5322: an unknown zone counts as -0000).
void read_word(std::string_view word, Parts& parts) {
    for (std::size_t i = 0; i < months.size(); ++i)
        if (parts.month == 0 && util::starts_with_ignoring_case(word, months[i])) {
            parts.month = static_cast<int>(i) + 1;
            return;
        }
    for (const auto& [name, hours] : zones)
        if (!parts.offset && util::equal_ignoring_case(word, name))
            parts.offset = hours * 3600;
}

bool read_number(std::string_view word, Parts& parts) {
    const int value = number(word);
    if (value < 0)
        return false;
    if (word.size() <= 2 && parts.day == 0) {
        parts.day = value;
        return value > 0;
    }
    if (parts.year >= 0)
        return false;
    if (word.size() == 2)
        parts.year = value < 50 ? 2000 + value : 1900 + value; // RFC 5322 section 4.3
    else
        parts.year = word.size() == 3 ? 1900 + value : value;
    return true;
}

bool read_token(std::string_view word, Parts& parts) {
    if (word.find(':') != std::string_view::npos && util::is_digit(word[0]))
        return read_time(word, parts);
    if (word[0] == '+' || (word[0] == '-' && word.size() > 1 && util::is_digit(word[1])))
        return read_offset(word, parts);
    if (util::is_digit(word[0]) && word.find('-') != std::string_view::npos) { // 8-Mar-2005, 2005-03-08
        const auto fields = util::split(word, '-');
        if (fields.size() != 3 || fields[1].empty() || fields[2].empty())
            return false;
        if (fields[0].size() == 4) {
            parts.year = number(fields[0]);
            parts.month = number(fields[1]);
            parts.day = number(fields[2]);
            return true;
        }
        read_word(fields[1], parts);
        return read_number(fields[0], parts) && read_number(fields[2], parts);
    }
    if (util::is_digit(word[0]))
        return read_number(word, parts);
    read_word(word, parts);
    return true;
}

std::optional<util::Seconds> seconds_of(const Parts& parts) {
    const std::chrono::year_month_day day{std::chrono::year{parts.year},
                                          std::chrono::month{static_cast<unsigned>(parts.month)},
                                          std::chrono::day{static_cast<unsigned>(parts.day)}};
    if (parts.hour < 0 || parts.month < 1 || parts.day < 1 || parts.year < 1970 || !day.ok())
        return std::nullopt;
    const util::Seconds days = std::chrono::sys_days(day).time_since_epoch().count();
    const util::Seconds at =
        days * 86400 + parts.hour * 3600 + parts.minute * 60 + parts.second - parts.offset.value_or(0);
    return at < 0 ? std::nullopt : std::optional(at);
}

} // namespace

std::optional<util::Seconds> parse_date(std::string_view text) {
    constexpr std::size_t longest = 200;
    text = text.substr(0, longest);
    Parts parts;
    std::string_view comment_zone;
    for (std::size_t at = 0; at < text.size();) {
        if (util::is_space(text[at]) || text[at] == ',') {
            ++at;
            continue;
        }
        if (text[at] == '(') {
            const std::size_t close = std::min(text.find(')', at), text.size());
            comment_zone = text.substr(at + 1, close - at - 1);
            at = std::min(close + 1, text.size());
            continue;
        }
        const std::size_t end = std::min(text.find_first_of(" \t\r\n\v\f,(", at), text.size());
        std::string_view word = text.substr(at, end - at);
        at = end;
        // ISO 8601 writes date, time and zone as one word.
        const std::size_t t = word.find('T');
        if (t == 10 && word[4] == '-') {
            if (!read_token(word.substr(0, t), parts))
                return std::nullopt;
            word.remove_prefix(t + 1);
            const std::size_t zone = std::min(word.find_first_of("Zz+-"), word.size());
            if (zone == 0 || !read_token(word.substr(0, zone), parts) ||
                (zone < word.size() && !read_token(word.substr(zone), parts)))
                return std::nullopt;
            continue;
        }
        if (!read_token(word, parts))
            return std::nullopt;
    }
    // The comment repeats the zone, often wrongly ("-0000 (EST)"): it counts only where there is no other.
    if (!parts.offset && !comment_zone.empty())
        read_word(comment_zone, parts);
    return seconds_of(parts);
}

} // namespace jmrp::mail
