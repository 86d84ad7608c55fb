#pragma once
#include <vector>

#include "domain/rejection.hpp"
#include "reputation/block_state.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// When the gate passed and failed: of decisions with one outcome in a row the first and the last. A block may have ended and come
/// back between them.
std::vector<reputation::BlockEvent> decision_events(store::Store& store, const domain::Ip& ip, domain::BlockList list);

} // namespace jmrp::delist
