#include "traffic/syslog_line.hpp"

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

std::optional<SyslogLine> SyslogClock::read(std::string_view line) const {
    line = without_priority(line);
    if (line.empty())
        return std::nullopt;
    const auto stamp =
        util::is_digit(line.front()) ? read_iso_stamp(line, zone_) : read_syslog_stamp(line, zone_, rule_);
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
