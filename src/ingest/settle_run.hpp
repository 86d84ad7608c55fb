#pragma once
#include "ingest/ingest.hpp"

namespace jmrp::ingest {

/// Takes the settling lock and settles until the queue is empty, also what came in while it held the lock. With `wait`
/// false it leaves the work to whoever holds the lock: that one looks at the queue again after letting go.
SettleTotals run_settling(const store::Options& options, const domain::ReadingRules& rules, const domain::Policy& policy, bool wait,
                          const std::atomic<bool>& stop, const Report& report);

} // namespace jmrp::ingest
