#pragma once
// How rules and what is written of them speak, and how a value becomes a level.
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/rejection.hpp"
#include "reputation/health.hpp"
#include "util/clock.hpp"

namespace jmrp::reputation {

inline constexpr double seconds_per_minute = 60;
inline constexpr double seconds_per_hour = 3600;
inline constexpr double seconds_per_day = 86'400;

std::string number(double value, int decimals = 0);
std::string number(std::int64_t value);
/// "90 seconds", "5 hours", "3 days": the greatest unit that it is two of.
std::string duration(double seconds);
std::string percent_text(double percent);                       ///< two digits that count: "0.027 %", "12 %"
std::string grouped(std::int64_t value);                        ///< "1,200"
std::string counted(std::int64_t count, std::string_view noun); ///< "1 mail", "1,200 mails"
std::string ago(util::Seconds from, util::Seconds now);         ///< "5 hours ago"
std::string_view list_name(domain::BlockList list);             ///< "Outlook.com", "Microsoft 365"

Level level_of(double value, const Bounds& bounds, bool (*beyond)(double value, double bound));
bool reaches(double value, double bound);
bool exceeds(double value, double bound);
bool falls_below(double value, double bound);
Bounds scaled(const Bounds& bounds, double factor);

} // namespace jmrp::reputation
