#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "domain/address.hpp"

namespace jmrp::domain {

/// What a person decides once: whom a report may suppress, and how much one report may count.
struct Policy {
    std::vector<std::string> own_domains; ///< addresses in these are never suppressed
    std::vector<Address> own_addresses;   ///< nor are these, such as the feedback addresses themselves
    bool protect_role_accounts = true;    ///< postmaster@, abuse@ ... (RFC 2142) are never suppressed
    std::uint32_t incidents_cap = 100;    ///< RFC 5965 Incidents: beyond it one report counts no more
};

bool is_protected(const Policy& policy, const Address& address);

} // namespace jmrp::domain
