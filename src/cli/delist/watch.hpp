#pragma once
#include <vector>

#include "reputation/health.hpp"
#include "store/store.hpp"

namespace jmrp::cli {

/// What `jmrp check` says of requests: addresses that were let in again, and answers that wait for a person.
std::vector<reputation::Finding> watch_requests(store::Store& store, util::Seconds now);

} // namespace jmrp::cli
