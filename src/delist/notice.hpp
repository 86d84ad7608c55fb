#pragma once
#include <string>
#include <vector>

#include "domain/evidence.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// The bytes of the newest kept bounce that is proven to be about a mail of ours and tells of a block of the address by the list;
/// empty where there is none.
std::string newest_notice(store::Store& store, const domain::Evidence& evidence,
                          const std::vector<domain::Network>& own_networks);

} // namespace jmrp::delist
