#pragma once
// Which days SNDS are asked for. Pure.
#include <map>
#include <string_view>
#include <vector>

#include "domain/snds.hpp"

namespace jmrp::snds {

/// The newest first. A day that failed or was never asked for is asked for; one without data for a week on, since days are
/// published late and a small one never is; of the days with data the newest again, which may have grown. None twice within
/// six hours, unless it failed. Days are Microsoft's, from midnight to midnight at UTC-8, and those that are over.
std::vector<util::Day> days_to_ask(const std::map<util::Day, domain::SndsAsked>& asked, int history_days,
                                   util::Seconds now);
/// The newest day that is over.
util::Day newest_day(util::Seconds now);

/// Whether a URL is of the hosts that served SNDS before 2026 and answer no more.
bool is_retired(std::string_view url);

} // namespace jmrp::snds
