#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "domain/address.hpp"
#include "domain/authenticity.hpp"
#include "domain/scope.hpp"

namespace jmrp::domain {

/// What a person decides once: which reports may suppress whom, and how much one report may count.
struct Policy {
    Verdict act_on = Verdict::authentic; ///< the weakest verdict that may suppress: authentic, or unverified
    bool token_needs_authentic = false;  ///< a token of ours does not suffice, the report must be believed as well
    bool believe_report_fields = false;  ///< suppress an address that only the report's own word names
    /// What a report suppresses its recipient for: all mail, that of the sending domain, or that of the list. Where the report
    /// does not say, a list falls back to the domain, and a domain to all.
    ScopeKind suppression_scope = ScopeKind::global;
    bool suppress_ambiguous = false; ///< of a mail to several people, suppress all of them
    /// More recipients than that an hour, of reports that were delivered to us, are held and not obeyed. 0: no bound.
    std::uint32_t pace_per_hour = 1000;
    std::vector<std::string> own_domains; ///< addresses in these are never suppressed
    std::vector<Address> own_addresses;   ///< nor are these, such as the feedback addresses themselves
    bool suppress_bounces = false;        ///< whose mailbox does not exist, as a proven bounce says, is suppressed
    bool protect_role_accounts = true;    ///< postmaster@, abuse@ ... (RFC 2142) are never suppressed
    std::uint32_t incidents_cap = 100;    ///< RFC 5965 Incidents: beyond it one report counts no more
};

bool is_protected(const Policy& policy, const Address& address);

} // namespace jmrp::domain
