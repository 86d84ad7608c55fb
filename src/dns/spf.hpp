#pragma once
// check_host() of RFC 7208, by libspf2, which asks our resolver: its servers, patience and cache are the same as everybody's.
#include <string_view>

#include "dns/resolver.hpp"
#include "domain/dns_facts.hpp"

namespace jmrp::dns {

struct SpfQuestion {
    domain::Ip ip;
    std::string sender; ///< "local@domain", "@domain", or empty: the identity is the HELO name (section 2.4)
    std::string helo;   ///< may be empty where there is a sender
};

/// No exp= text of theirs is in the finding. More than two look-ups that find nothing are a permerror (section 4.6.4).
domain::SpfFinding check_spf(Resolver& resolver, const SpfQuestion& question);

} // namespace jmrp::dns
