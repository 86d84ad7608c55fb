#pragma once
#include "dns/resolver.hpp"
#include "domain/dns_facts.hpp"

namespace jmrp::dns {

/// The policy for mail whose From domain is `domain` (A-labels, lower case): its own record, else that of its organizational
/// domain (RFC 7489 section 6.6.3).
domain::DmarcFinding check_dmarc(Resolver& resolver, std::string_view domain);

} // namespace jmrp::dns
