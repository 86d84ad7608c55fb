#include "reputation/wording.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace jmrp::reputation {

std::string number(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

std::string number(std::int64_t value) {
    return std::to_string(value);
}

std::string duration(double seconds) {
    struct Unit {
        double seconds;
        const char* name;
    };
    for (const Unit& unit :
         {Unit{seconds_per_day, " days"}, Unit{seconds_per_hour, " hours"}, Unit{seconds_per_minute, " minutes"}})
        if (seconds >= 2 * unit.seconds)
            return number(std::floor(seconds / unit.seconds)) + unit.name;
    return number(std::max(0.0, seconds)) + " seconds";
}

std::string percent_text(double percent) {
    const int decimals = percent > 0 ? std::max(0, 1 - static_cast<int>(std::floor(std::log10(percent)))) : 0;
    return number(percent, decimals) + " %";
}

std::string grouped(std::int64_t value) {
    std::string text = number(value);
    for (std::size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, ",");
    return text;
}

std::string counted(std::int64_t count, std::string_view noun) {
    return grouped(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string ago(util::Seconds from, util::Seconds now) {
    const util::Seconds hours = std::max<util::Seconds>(0, now - from) / util::Seconds{3600};
    return hours < 48 ? counted(hours, "hour") + " ago" : counted(hours / 24, "day") + " ago";
}

std::string_view list_name(domain::BlockList list) {
    switch (list) {
    case domain::BlockList::outlook_com:
        return "Outlook.com";
    case domain::BlockList::office365:
        return "Microsoft 365";
    case domain::BlockList::spamhaus:
        return "Spamhaus";
    }
    return "";
}

Level level_of(double value, const Bounds& bounds, bool (*beyond)(double value, double bound)) {
    return beyond(value, bounds.critical)  ? Level::critical
           : beyond(value, bounds.warning) ? Level::warning
                                           : Level::ok;
}
bool reaches(double value, double bound) {
    return value >= bound;
}
bool exceeds(double value, double bound) {
    return value > bound;
}
bool falls_below(double value, double bound) {
    return value < bound;
}

Bounds scaled(const Bounds& bounds, double factor) {
    return {bounds.warning * factor, bounds.critical * factor};
}

} // namespace jmrp::reputation
