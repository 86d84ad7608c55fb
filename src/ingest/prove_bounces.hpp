#pragma once
// Bounces come at once, and the log that proves them is read later.
#include <atomic>
#include <cstddef>

#include "domain/sent.hpp"
#include "store/store.hpp"

namespace jmrp::ingest {

/// Asks the send log again about the bounces of the last week that nothing proves, and puts those that it knows now in the queue
/// again. Returns how many these are. Throws util::Fault.
std::size_t prove_bounces(store::Store& store, const domain::SendLog& send_log, util::Seconds now,
                          const std::atomic<bool>& stop);

} // namespace jmrp::ingest
