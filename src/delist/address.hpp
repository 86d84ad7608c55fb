#pragma once
#include "domain/evidence.hpp"

namespace jmrp::delist {

/// Whether the address is one that anybody can be asked about, and whose it is. Without own networks nobody said which are ours:
/// that stays unknown.
void add_address(domain::Evidence& evidence, const std::vector<domain::Network>& own_networks);

} // namespace jmrp::delist
