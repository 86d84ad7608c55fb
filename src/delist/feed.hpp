#pragma once
#include "domain/evidence.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// The newest report of the feeds that count (none named: of all), as far as four months ago. What came of trials
/// is add_trials()'s, afterwards.
void add_feed(domain::Evidence& evidence, store::Store& store, const std::vector<std::string>& feeds);

} // namespace jmrp::delist
