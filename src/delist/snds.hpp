#pragma once
#include "domain/evidence.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// What Smart Network Data Services say of the address. They know it where they told of it or of another address of the same own
/// network. Nothing where nobody asked them, unless a person says that there is no access. Call it after add_repair().
void add_snds(domain::Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks,
              bool without_access);

} // namespace jmrp::delist
