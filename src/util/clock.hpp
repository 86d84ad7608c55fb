#pragma once
// Points in time are whole seconds since the epoch, UTC. Days are whole days since the epoch, UTC.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jmrp::util {

using Seconds = std::int64_t;
using Day = std::int32_t;

/// The time now. JMRP_NOW (seconds) in the environment stands in for it in tests and reproducible runs.
Seconds now();

Day day_of(Seconds at) noexcept;
std::string iso8601(Seconds at); ///< 2026-11-22T08:00:00Z
std::string iso_day(Day day);    ///< 2026-11-22
std::optional<Day> parse_iso_day(std::string_view text) noexcept;

} // namespace jmrp::util
