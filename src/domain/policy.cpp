#include "domain/policy.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "util/text.hpp"

namespace jmrp::domain {

namespace {

// RFC 2142, and what mail systems themselves send from.
constexpr std::array<std::string_view, 9> role_accounts{
    "postmaster", "abuse", "hostmaster", "webmaster", "security", "noc", "mailer-daemon", "root", "fbl"};

} // namespace

bool is_protected(const Policy& policy, const Address& address) {
    const std::string local = util::lower(address.local);
    if (policy.protect_role_accounts &&
        std::find(role_accounts.begin(), role_accounts.end(), local) != role_accounts.end())
        return true;
    if (std::find(policy.own_domains.begin(), policy.own_domains.end(), address.domain) != policy.own_domains.end())
        return true;
    return std::any_of(policy.own_addresses.begin(), policy.own_addresses.end(),
                       [&](const Address& own) { return own.key() == address.key(); });
}

} // namespace jmrp::domain
