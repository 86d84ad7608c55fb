#include "traffic/time_stamp.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>

#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

struct Clock {
    int hour = 0;
    int minute = 0;
    int second = 0;
};

/// Takes a number of `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits)
        return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (!util::is_digit(text[i]))
            return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c)
        return false;
    text.remove_prefix(1);
    return true;
}

/// "04:30:11", and a fraction, which is dropped.
std::optional<Clock> take_clock(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ':'))
        return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take(text, ':'))
        return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 60)
        return std::nullopt;
    if (text.size() > 1 && (text.front() == '.' || text.front() == ',') && util::is_digit(text[1])) {
        text.remove_prefix(1);
        while (!text.empty() && util::is_digit(text.front()))
            text.remove_prefix(1);
    }
    return Clock{*hour, *minute, *second};
}

/// "+0100", "+01:00": seconds east of UTC.
std::optional<int> take_offset(std::string_view& text) {
    if (text.empty() || (text.front() != '+' && text.front() != '-'))
        return std::nullopt;
    std::string_view rest = text.substr(1);
    const auto hours = take_number(rest, 2);
    if (!hours || *hours > 15)
        return std::nullopt;
    take(rest, ':');
    const auto minutes = take_number(rest, 2);
    if (!minutes || *minutes > 59)
        return std::nullopt;
    const int seconds = *hours * 3600 + *minutes * 60;
    const int sign = text.front() == '-' ? -1 : 1;
    text = rest;
    return sign * seconds;
}

/// mktime() looks for a change of the time zone's file at each call; within an hour the offset stays.
util::Seconds from_local(const std::chrono::year_month_day& date, const Clock& clock) {
    thread_local std::int64_t known_hour = -1;
    thread_local util::Seconds known_at = 0;
    const std::int64_t hour = std::chrono::sys_days(date).time_since_epoch().count() * 24 + clock.hour;
    if (hour != known_hour) {
        std::tm parts{};
        parts.tm_year = static_cast<int>(date.year()) - 1900;
        parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
        parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
        parts.tm_hour = clock.hour;
        parts.tm_isdst = -1;
        known_at = std::mktime(&parts);
        known_hour = hour;
    }
    return known_at + clock.minute * 60 + clock.second;
}

util::Seconds from_offset(const std::chrono::year_month_day& date, const Clock& clock, int offset) {
    const util::Seconds days = std::chrono::sys_days(date).time_since_epoch().count();
    return days * 86400 + clock.hour * 3600 + clock.minute * 60 + clock.second - offset;
}

util::Seconds point(const std::chrono::year_month_day& date, const Clock& clock, const Zone& zone) {
    return zone.local ? from_local(date, clock) : from_offset(date, clock, zone.offset_seconds);
}

std::chrono::year_month_day date_of(int year, int month, int day) {
    return {std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
            std::chrono::day(static_cast<unsigned>(day))};
}

int year_of(util::Seconds at) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{util::day_of(at)}}};
    return static_cast<int>(date.year());
}

struct Undated {
    int month = 0;
    int day = 0;
    Clock clock;
    std::size_t length = 0;
};

std::optional<Undated> read_undated(std::string_view text) {
    static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::size_t whole = text.size();
    Undated out;
    for (std::size_t i = 0; i < months.size(); ++i)
        if (text.starts_with(months[i]))
            out.month = static_cast<int>(i) + 1;
    if (out.month == 0)
        return std::nullopt;
    text.remove_prefix(3);
    if (!take(text, ' '))
        return std::nullopt;
    const auto day = take(text, ' ') ? take_number(text, 1) : take_number(text, 2);
    if (!day || *day < 1 || *day > 31 || !take(text, ' '))
        return std::nullopt;
    const auto clock = take_clock(text);
    if (!clock)
        return std::nullopt;
    out.day = *day;
    out.clock = *clock;
    out.length = whole - text.size();
    return out;
}

constexpr util::Seconds slack = 86400;

} // namespace

std::optional<Zone> parse_zone(std::string_view text) {
    if (util::equal_ignoring_case(text, "local"))
        return Zone{};
    if (util::equal_ignoring_case(text, "UTC") || text == "Z")
        return Zone{false, 0};
    const auto offset = take_offset(text);
    if (!offset || !text.empty())
        return std::nullopt;
    return Zone{false, *offset};
}

std::optional<Stamp> read_iso_stamp(std::string_view text, const Zone& zone) {
    const std::size_t whole = text.size();
    const auto year = take_number(text, 4);
    if (!year || *year < 1970 || !take(text, '-'))
        return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, '-'))
        return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day || (!take(text, 'T') && !take(text, ' ')))
        return std::nullopt;
    const auto date = date_of(*year, *month, *day);
    const auto clock = take_clock(text);
    if (!date.ok() || !clock)
        return std::nullopt;
    if (take(text, 'Z'))
        return Stamp{from_offset(date, *clock, 0), whole - text.size()};
    std::string_view after_blank = text;
    take(after_blank, ' ');
    if (const auto offset = take_offset(after_blank))
        return Stamp{from_offset(date, *clock, *offset), whole - after_blank.size()};
    return Stamp{point(date, *clock, zone), whole - text.size()};
}

std::optional<Stamp> read_syslog_stamp(std::string_view text, const Zone& zone, int year) {
    const auto undated = read_undated(text);
    if (!undated)
        return std::nullopt;
    const auto date = date_of(year, undated->month, undated->day);
    if (!date.ok())
        return std::nullopt;
    return Stamp{point(date, undated->clock, zone), undated->length};
}

std::optional<Stamp> read_syslog_stamp(std::string_view text, const Zone& zone, const YearRule& rule) {
    const auto undated = read_undated(text);
    if (!undated)
        return std::nullopt;
    // Nine years hold a 29th of February, also around 2100.
    const int direction = rule.earliest ? 1 : -1;
    const int first = year_of(rule.earliest ? *rule.earliest - slack : rule.latest + slack);
    for (int year = first; year != first + 9 * direction; year += direction) {
        const auto date = date_of(year, undated->month, undated->day);
        if (!date.ok())
            continue;
        const util::Seconds at = point(date, undated->clock, zone);
        if (rule.earliest ? at >= *rule.earliest - slack : at <= rule.latest + slack)
            return Stamp{at, undated->length};
    }
    return std::nullopt;
}

namespace {

std::optional<Stamp> read_american_stamp(std::string_view text, const Zone& zone) {
    const std::size_t whole = text.size();
    const auto month = take_number(text, 2);
    if (!month || !take(text, '/'))
        return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day || !take(text, '/'))
        return std::nullopt;
    const auto year = take_number(text, 4);
    if (!year || *year < 1970 || !take(text, ' '))
        return std::nullopt;
    const auto date = date_of(*year, *month, *day);
    const auto clock = take_clock(text);
    if (!date.ok() || !clock)
        return std::nullopt;
    if (const auto offset = take_offset(text))
        return Stamp{from_offset(date, *clock, *offset), whole - text.size()};
    return Stamp{point(date, *clock, zone), whole - text.size()};
}

} // namespace

std::optional<util::Seconds> read_any_time(std::string_view text, const Zone& zone) {
    text = util::trim(text);
    auto stamp = read_iso_stamp(text, zone);
    if (!stamp)
        stamp = read_american_stamp(text, zone);
    if (stamp)
        return stamp->length == text.size() ? std::optional(stamp->at) : std::nullopt;
    const auto seconds = util::parse_unsigned(text.substr(0, text.find('.')));
    constexpr std::uint64_t year_9999 = 253402300799;
    return seconds && *seconds <= year_9999 ? std::optional(static_cast<util::Seconds>(*seconds)) : std::nullopt;
}

} // namespace jmrp::traffic
