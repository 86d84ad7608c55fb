#pragma once
// Whether the rate of complaints asks for somebody: rules as in health.hpp, over rates.
#include <string>
#include <vector>

#include "reputation/health.hpp"
#include "reputation/rates.hpp"

namespace jmrp::reputation {

struct RateAlarms {
    /// Percent. Over the long days the whole interval lies above it, and over the short days the rate still does.
    Bounds rate{0.1, 0.3};
    Bounds rise{200, 500}; ///< percent of the rate before, where chance does not explain the rise
    int short_days = 1;    ///< whole days, and today so far
    int long_days = 7;
    int least_accepted = 1000; ///< in the long days; with less mail a rate is no alarm
    int least_complaints = 3;
};

/// What is watched of one name.
struct WatchedRate {
    std::string name;
    Rate in_short; ///< whole days, and today so far
    Rate in_long;
    Trend short_trend; ///< of whole days
    Trend long_trend;
};
std::vector<WatchedRate> watch(const std::vector<RateSubject>& subjects, const RateGround& ground,
                               const RateRules& rules, const RateAlarms& alarms);

/// In order of the rules: "rate", "rise". The worst are named, the others counted. Pure.
std::vector<Finding> judge_rates(const std::vector<WatchedRate>& watched, const RateAlarms& alarms);

/// The first day that has to be known for watch().
util::Day first_day_watched(const RateAlarms& alarms, util::Day today) noexcept;

} // namespace jmrp::reputation
