#pragma once
#include <vector>

#include "domain/rejection.hpp"
#include "reputation/block_state.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// When the gate began to pass, and when it began to fail.
std::vector<reputation::BlockEvent> decision_events(store::Store& store, const domain::Ip& ip, domain::BlockList list);

} // namespace jmrp::delist
