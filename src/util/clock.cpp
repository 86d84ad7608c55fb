#include "util/clock.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "util/text.hpp"

namespace jmrp::util {

Seconds now() {
    if (const char* fixed = std::getenv("JMRP_NOW"))
        if (const auto at = parse_unsigned(fixed))
            return static_cast<Seconds>(*at);
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Day day_of(Seconds at) noexcept {
    const Seconds day = at / 86400 - (at % 86400 < 0 ? 1 : 0);
    return static_cast<Day>(day);
}

namespace {

struct Date {
    int year;
    unsigned month;
    unsigned day;
};

Date date_of(Day day) noexcept {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())};
}

} // namespace

namespace {

/// Two digits. Lists of millions have two times a line: printf would take most of their time.
void append_two(std::string& out, unsigned number) {
    out += static_cast<char>('0' + number / 10 % 10);
    out += static_cast<char>('0' + number % 10);
}

} // namespace

std::string iso_day(Day day) {
    const Date date = date_of(day);
    std::string out;
    if (date.year >= 0 && date.year <= 9999) {
        append_two(out, static_cast<unsigned>(date.year) / 100);
        append_two(out, static_cast<unsigned>(date.year) % 100);
    } else {
        out += std::to_string(date.year);
    }
    out += '-';
    append_two(out, date.month);
    out += '-';
    append_two(out, date.day);
    return out;
}

std::string iso8601(Seconds at) {
    const Day day = day_of(at);
    const auto second = static_cast<unsigned>(at - Seconds{day} * 86400);
    std::string out = iso_day(day);
    out.reserve(sizeof "2026-11-22T08:00:00Z");
    out += 'T';
    append_two(out, second / 3600);
    out += ':';
    append_two(out, second / 60 % 60);
    out += ':';
    append_two(out, second % 60);
    out += 'Z';
    return out;
}

std::optional<Day> parse_iso_day(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const auto year = parse_unsigned(text.substr(0, 4));
    const auto month = parse_unsigned(text.substr(5, 2));
    const auto day = parse_unsigned(text.substr(8, 2));
    if (!year || !month || !day)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok())
        return std::nullopt;
    return static_cast<Day>(std::chrono::sys_days{date}.time_since_epoch().count());
}

} // namespace jmrp::util
