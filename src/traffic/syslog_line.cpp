#include "traffic/syslog_line.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

/// "<22>", which some write in front.
std::string_view without_priority(std::string_view line) {
    if (!line.starts_with('<'))
        return line;
    const std::size_t end = line.find('>');
    return end != std::string_view::npos && end <= 4 ? line.substr(end + 1) : line;
}

constexpr std::size_t iso_minute = std::string_view("2026-11-16T04:30:").size();
constexpr std::size_t syslog_minute = std::string_view("Nov 16 04:30:").size();

/// Of ".123456" behind seconds.
std::size_t fraction_length(std::string_view text) {
    if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !util::is_digit(text[1]))
        return 0;
    return std::min(text.find_first_not_of("0123456789", 1), text.size());
}

/// A word and the blanks after it, off the front of `text`.
std::string_view take_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    while (text.starts_with(' '))
        text.remove_prefix(1);
    return word;
}

} // namespace

SyslogClock::SyslogClock(const Context& context) : zone_(context.zone), year_(context.year) {
    rule_.latest = context.latest;
}

void SyslogClock::begin(std::string_view first_line) {
    if (!year_)
        return;
    const auto stamp = read_syslog_stamp(without_priority(first_line), zone_, *year_);
    const auto new_year = read_iso_stamp(std::to_string(*year_) + "-01-01 00:00:00", zone_);
    rule_.earliest = stamp ? stamp->at : new_year ? std::optional(new_year->at) : std::nullopt;
}

std::optional<Stamp> SyslogClock::stamp_in_known_minute(std::string_view line) const {
    if (minute_.empty() || !line.starts_with(minute_))
        return std::nullopt;
    const std::string_view rest = line.substr(minute_.size());
    if (rest.size() < 2 || rest[0] < '0' || rest[0] > '5' || rest[1] < '0' || rest[1] > '9')
        return std::nullopt;
    const std::size_t behind = 2 + fraction_length(rest.substr(2));
    const std::string_view ending = rest.substr(behind);
    const bool zone_follows = ending_ == " " && ending.size() > 1 && (ending[1] == '+' || ending[1] == '-');
    if (!ending.starts_with(ending_) || zone_follows)
        return std::nullopt;
    return Stamp{minute_at_ + (rest[0] - '0') * 10 + (rest[1] - '0'), minute_.size() + behind + ending_.size() - 1};
}

std::optional<Stamp> SyslogClock::stamp_of(std::string_view line) {
    if (const auto known = stamp_in_known_minute(line))
        return known;
    const bool iso = util::is_digit(line.front());
    const auto stamp = iso ? read_iso_stamp(line, zone_) : read_syslog_stamp(line, zone_, rule_);
    if (stamp && stamp->length < line.size() && line[stamp->length] == ' ') {
        const std::string_view before_seconds = line.substr(0, iso ? iso_minute : syslog_minute);
        const std::string_view seconds = line.substr(before_seconds.size());
        minute_ = before_seconds;
        minute_at_ = stamp->at - (seconds[0] - '0') * 10 - (seconds[1] - '0');
        const std::size_t ending = before_seconds.size() + 2 + fraction_length(seconds.substr(2));
        ending_ = line.substr(ending, stamp->length + 1 - ending);
    }
    return stamp;
}

std::optional<SyslogLine> SyslogClock::read(std::string_view line) {
    line = without_priority(line);
    if (line.empty())
        return std::nullopt;
    const auto stamp = stamp_of(line);
    if (!stamp || line.size() <= stamp->length || line[stamp->length] != ' ')
        return std::nullopt;
    SyslogLine out;
    out.at = stamp->at;
    line.remove_prefix(stamp->length + 1);
    out.host = take_word(line);
    const std::size_t tag_end = line.find_first_of("[: ");
    if (out.host.empty() || tag_end == std::string_view::npos || tag_end == 0)
        return std::nullopt;
    out.tag = line.substr(0, tag_end);
    line.remove_prefix(tag_end);
    if (line.front() == '[') {
        const std::size_t close = line.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        line.remove_prefix(close + 1);
    }
    if (!line.starts_with(": "))
        return std::nullopt;
    out.text = line.substr(2);
    return out;
}

} // namespace jmrp::traffic
