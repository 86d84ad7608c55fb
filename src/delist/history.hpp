#pragma once
#include "domain/evidence.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// Mail and complaints by day, of 60 days: of the address, and of others that carry the same mail. Of Outlook.com alone, and
/// nothing where no day tells how much was sent. Where logs name no address, it is that of `own_networks` if they hold but one.
void add_complaint_history(domain::Evidence& evidence, store::Store& store,
                           const std::vector<domain::Network>& own_networks,
                           const std::vector<domain::Network>& same_mail);

} // namespace jmrp::delist
