#include "delist/address.hpp"

namespace jmrp::delist {

void add_address(domain::Evidence& evidence, const std::vector<domain::Network>& own_networks) {
    if (own_networks.empty())
        return;
    domain::AddressStanding standing;
    standing.is_public = evidence.ip.is_public();
    standing.own = any_contains(own_networks, evidence.ip);
    evidence.address = {{standing, "configuration", evidence.now}};
}

} // namespace jmrp::delist
