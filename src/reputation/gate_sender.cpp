// Is the sender in order, as far as the DNS and receivers tell.
#include <algorithm>

#include "reputation/rules.hpp"

namespace jmrp::reputation {

using domain::Ruling;

namespace {

template <typename T>
bool stale(const Ground& ground, const domain::Seen<T>& seen) {
    return ground.evidence.now - seen.at > ground.policy.dns_fresh_hours * one_hour;
}

constexpr const char* ask_dns = "ask the DNS again";

/// One property of every From domain: how many lack it, and of how many it is not known.
struct Duty {
    const char* name;
    std::optional<bool> domain::FromDomain::*holds;
    const char* action;
};
constexpr Duty duties[] = {
    {"SPF includes the address", &domain::FromDomain::spf_includes, "put the address into the SPF record"},
    {"a valid DKIM signature was seen", &domain::FromDomain::dkim_seen, "sign mail with DKIM"},
    {"there is a DMARC record", &domain::FromDomain::dmarc, "publish a DMARC record, p=none at least"},
};

} // namespace

Ruling judge_address(const Ground& ground) {
    const auto& address = ground.evidence.address;
    if (!address)
        return unknown("it is not known whose address it is", "name your networks in the configuration");
    if (!address->value.is_public)
        return needs_work("the address is not public", "name the address that Microsoft sees");
    if (!address->value.own)
        return needs_work("the address is in none of your networks", "name your networks in the configuration");
    return met("the address is public and yours");
}

Ruling judge_pointer(const Ground& ground) {
    const auto& pointer = ground.evidence.pointer;
    if (!pointer || stale(ground, *pointer))
        return unknown(pointer ? "what the DNS said of the PTR is old" : "the PTR is not known", ask_dns);
    const domain::PointerName& name = pointer->value;
    if (name.name.empty())
        return needs_work("the address has no PTR", "let the owner of the network set one");
    if (!name.confirmed)
        return needs_work("the name of the PTR does not lead back to the address", "give that name an A record");
    if (name.generic)
        return needs_work("the PTR looks like a name that the network gave", "let it name your mail server");
    if (!name.equals_helo)
        return needs_work("the PTR is not what the server says in HELO", "let both say the same");
    return met("the PTR is forward-confirmed and equals HELO");
}

Ruling judge_spamhaus(const Ground& ground) {
    const auto& spamhaus = ground.evidence.spamhaus;
    if (!spamhaus || stale(ground, *spamhaus))
        return unknown(spamhaus ? "what Spamhaus said is old" : "it is not known what Spamhaus lists", ask_dns);
    if (!spamhaus->value.resolver_proven)
        return unknown("the resolver does not answer as Spamhaus does", "ask by a resolver of your own, or with a key");
    const auto& answers = spamhaus->value.answers;
    std::optional<util::Seconds> seen;
    for (const domain::ListingAnswer& answer : answers) {
        if (answer.listing == domain::Listing::listed)
            return needs_work(answer.zone + " lists the address or a domain of yours", "have it taken off there first");
        if (answer.last_listed)
            seen = std::max(seen.value_or(*answer.last_listed), *answer.last_listed);
    }
    if (answers.empty() || std::ranges::any_of(answers, [](const domain::ListingAnswer& answer) {
            return answer.listing == domain::Listing::unknown;
        }))
        return unknown("a zone of Spamhaus did not answer", ask_dns);
    const util::Seconds rest = ground.policy.spamhaus_hours * one_hour;
    if (seen && *seen + rest > ground.evidence.now)
        return waits("Spamhaus listed it until " + ago(*seen, ground.evidence.now) +
                         "; Microsoft looks at it some hours later",
                     *seen + rest);
    return met("Spamhaus lists neither the address nor the domains");
}

Ruling judge_authentication(const Ground& ground) {
    const auto& domains = ground.evidence.from_domains;
    if (!domains || domains->value.empty())
        return unknown("the domains that mails have in their From are not known", "name them in the configuration");
    for (const Duty& duty : duties) {
        const auto lacking = std::ranges::count_if(
            domains->value, [&](const domain::FromDomain& of) { return of.*duty.holds == std::optional(false); });
        if (lacking > 0)
            return needs_work("not for " + counted(lacking, "domain") + ": " + duty.name, duty.action);
    }
    for (const Duty& duty : duties)
        if (std::ranges::any_of(domains->value, [&](const domain::FromDomain& of) { return !(of.*duty.holds); }))
            return unknown(std::string("not known for every domain: ") + duty.name, ask_dns);
    return met("SPF, DKIM and DMARC hold for " + counted(static_cast<std::int64_t>(domains->value.size()), "domain"));
}

} // namespace jmrp::reputation
