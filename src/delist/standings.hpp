#pragma once
// Where addresses stand, by refusals, deliveries, requests and answers together.
#include <map>
#include <vector>

#include "delist/blocks.hpp"
#include "delist/correspondence.hpp"

namespace jmrp::delist {

/// For gather_blocks(): what was asked, answered and decided about each single address of a request, about each that was refused since
/// then, and about `more`.
RequestEvents request_events(const Correspondence& all, store::Store& store,
                             const std::vector<domain::Network>& own_networks, util::Seconds since,
                             const std::vector<Place>& more = {});

/// How each subject stands; a network as its base address does.
std::map<Place, reputation::BlockStanding> standings(const Correspondence& all, store::Store& store,
                                                     const std::vector<domain::Network>& own_networks,
                                                     util::Seconds now, const std::vector<Place>& more = {});

} // namespace jmrp::delist
