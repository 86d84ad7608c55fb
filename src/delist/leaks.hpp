#pragma once
// Mail that went to people who were suppressed and exported.
#include <functional>

#include "delist/complainants.hpp"

namespace jmrp::delist {

/// What complaints received since then tell of mail to people who were on the list of a consumer.
void for_each_leak(store::Store& store, const ListHolders& holders, util::Seconds since,
                   const std::function<void(const domain::Leak&)>& each);

/// Since the repair, of 28 days at most: by complaints about mail of the address, and by the send log, whichever address the mail
/// to its complainants left from. So call it after add_repair().
void add_leaks(domain::Evidence& evidence, store::Store& store, const store::Complainants& who,
               const ListHolders& holders);

} // namespace jmrp::delist
