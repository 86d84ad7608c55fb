#pragma once
// check_host() of RFC 7208. libspf2 of Debian 12 does not agree with the published vectors (a CIDR of /0, redirect= before all,
// names of modifiers, limits across includes), so it is our own; the grammar is in spf_syntax.
#include <string_view>

#include "dns/resolver.hpp"
#include "domain/dns_facts.hpp"

namespace jmrp::dns {

struct SpfQuestion {
    domain::Ip ip;
    std::string sender; ///< "local@domain", "@domain", or empty: the identity is the HELO name (section 2.4)
    std::string helo;   ///< may be empty where there is a sender
};

/// Explanations (exp=) are not fetched. More than ten terms that ask, more than ten hosts of an mx, and more than two look-ups
/// that find nothing are a permerror (section 4.6.4).
domain::SpfFinding check_spf(Resolver& resolver, const SpfQuestion& question);

} // namespace jmrp::dns
