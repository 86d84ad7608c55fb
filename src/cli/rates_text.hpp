#pragma once
// `jmrp rates` for people.
#include "cli/rating.hpp"

namespace jmrp::cli {

/// A line a name and window, the days where they are wanted, and below in sentences what is unknown and why. Above the bounds of
/// an alarm, a line stands out.
void print_rates(const RateQuestion& question, const RateAnswer& answer, const reputation::RateAlarms& alarms);

/// Two digits that count, without the sign: "0.027", "12".
std::string percent_digits(double percent);

} // namespace jmrp::cli
