#pragma once
#include "domain/dns_facts.hpp"
#include "domain/evidence.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// What the DNS says of the address and its domains, and what receivers found of the signatures of their mail. Zones that are not
/// Spamhaus's are advice, and no evidence.
void add_dns(domain::Evidence& evidence, const domain::DnsFacts& facts, const std::vector<store::DkimSeen>& dkim);

} // namespace jmrp::delist
