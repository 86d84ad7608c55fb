#pragma once
// The stamps of logs.
#include <cstddef>
#include <optional>
#include <string_view>

#include "util/clock.hpp"

namespace jmrp::traffic {

/// The time zone of stamps that name none.
struct Zone {
    bool local = true;      ///< that of this process (TZ)
    int offset_seconds = 0; ///< east of UTC, where `local` is false
};
/// "UTC", "local", "+0100" or "-03:30".
std::optional<Zone> parse_zone(std::string_view text);

struct Stamp {
    util::Seconds at = 0;
    std::size_t length = 0; ///< bytes it takes at the beginning of the text
};

/// "2026-11-16 04:30:11" or with a "T", then perhaps a fraction, then perhaps "Z", "+01:00", "+0100" or " +0100".
std::optional<Stamp> read_iso_stamp(std::string_view text, const Zone& zone);

/// Which year a stamp without one is of.
struct YearRule {
    util::Seconds latest = 0;              ///< the last year in which the stamp is at most a day after this, or
    std::optional<util::Seconds> earliest; ///< the first in which it is at most a day before this
};
/// "Nov 16 04:30:11" or "Nov  6 04:30:11", then perhaps a fraction (RFC 3164).
std::optional<Stamp> read_syslog_stamp(std::string_view text, const Zone& zone, const YearRule& rule);
/// The same with a known year.
std::optional<Stamp> read_syslog_stamp(std::string_view text, const Zone& zone, int year);

/// All of `text`: an ISO stamp, "10/21/2026 14:03:00+0000" (the month first), or seconds since the epoch, with a fraction.
std::optional<util::Seconds> read_any_time(std::string_view text, const Zone& zone);

} // namespace jmrp::traffic
