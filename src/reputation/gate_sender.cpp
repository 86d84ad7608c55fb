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

constexpr const char* ask_dns = "ask the DNS again: 'jmrp dns check'";

constexpr const char* see_dkim =
    "sign mail with DKIM; what receivers found of it stands in the mail that reports return: move a "
    "mail of yours to Junk in a mailbox of your own";

/// One property of every From domain: of how many it does not hold, and of how many it is not known.
struct Duty {
    const char* name;
    std::optional<bool> domain::FromDomain::*holds;
    const char* action;
    const char* find_out;
};
constexpr Duty duties[] = {
    {"SPF includes the address", &domain::FromDomain::spf_includes, "put the address into the SPF record", ask_dns},
    {"a valid DKIM signature was seen", &domain::FromDomain::dkim_seen, "sign mail with DKIM", see_dkim},
    {"there is a DMARC record", &domain::FromDomain::dmarc, "publish a DMARC record, p=none at least", ask_dns},
};

std::string because(const std::string& sentence, const std::string& reason) {
    return reason.empty() ? sentence : sentence + ": " + reason;
}

} // namespace

Ruling judge_address(const Ground& ground) {
    const auto& address = ground.evidence.address;
    if (!address)
        return unknown("it is not known whose address it is", "name your networks in the configuration: own.networks");
    if (!address->value.is_public)
        return needs_work("the address is not public", "name the address that Microsoft sees");
    if (!address->value.own)
        return needs_work("the address is in none of your networks",
                          "name your networks in the configuration: own.networks");
    return met("the address is public and yours");
}

Ruling judge_pointer(const Ground& ground) {
    const auto& pointer = ground.evidence.pointer;
    if (!pointer || stale(ground, *pointer))
        return unknown(pointer ? "what the DNS said of the PTR is old" : "the PTR is not known", ask_dns);
    const domain::PtrFinding& ptr = pointer->value;
    switch (ptr.standing) {
    case domain::PtrStanding::unknown:
        return unknown(because("the PTR is not known", ptr.reason), ask_dns);
    case domain::PtrStanding::absent:
        return needs_work("the address has no PTR", "let the owner of the network set one");
    case domain::PtrStanding::unconfirmed:
        return needs_work("the name of the PTR does not lead back to the address", "give that name an A record");
    case domain::PtrStanding::confirmed:
        break;
    }
    if (ptr.generic)
        return needs_work("the PTR looks like a name that the network gave", "let it name your mail server");
    if (!ptr.equals_helo)
        return unknown("it is not known what the server says in HELO", "name it in the configuration: delist.helo");
    if (!*ptr.equals_helo)
        return needs_work("the PTR is not what the server says in HELO", "let both say the same");
    return met("the PTR is forward-confirmed and equals HELO");
}

Ruling judge_spamhaus(const Ground& ground) {
    const auto& spamhaus = ground.evidence.spamhaus;
    if (!spamhaus || stale(ground, *spamhaus))
        return unknown(spamhaus ? "what Spamhaus said is old" : "it is not known what Spamhaus lists", ask_dns);
    const std::vector<domain::ListFinding>& answers = spamhaus->value;
    std::optional<util::Seconds> seen;
    for (const domain::ListFinding& answer : answers) {
        if (answer.listing == domain::Listing::listed)
            return needs_work(because(answer.zone + " lists " + answer.subject, answer.reason),
                              "have it taken off there first: Microsoft refuses whom Spamhaus lists");
        if (answer.last_listed)
            seen = std::max(seen.value_or(*answer.last_listed), *answer.last_listed);
    }
    const auto about_address = std::ranges::count(answers, ground.evidence.ip.text(), &domain::ListFinding::subject);
    if (about_address == 0 || about_address == std::ssize(answers))
        return unknown("Spamhaus was not asked about the address and about the domains",
                       "name its zones in the configuration: dns.address_lists and dns.domain_lists");
    for (const domain::ListFinding& answer : answers)
        if (answer.listing == domain::Listing::unknown)
            return unknown(because(answer.zone + " did not tell of " + answer.subject, answer.reason),
                           "ask by a resolver of your own, or with a key");
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
        return unknown("the domains that mails have in their From are not known",
                       "name them in the configuration: delist.from_domains, or own.domains");
    if (stale(ground, *domains))
        return unknown("what the DNS said of the domains is old", ask_dns);
    for (const Duty& duty : duties) {
        const auto lacking = std::ranges::count_if(
            domains->value, [&](const domain::FromDomain& of) { return of.*duty.holds == std::optional(false); });
        if (lacking > 0)
            return needs_work("not for " + counted(lacking, "domain") + ": " + duty.name, duty.action);
    }
    for (const Duty& duty : duties)
        if (std::ranges::any_of(domains->value, [&](const domain::FromDomain& of) { return !(of.*duty.holds); }))
            return unknown(std::string("not known for every domain: ") + duty.name, duty.find_out);
    return met("SPF, DKIM and DMARC hold for " + counted(static_cast<std::int64_t>(domains->value.size()), "domain"));
}

} // namespace jmrp::reputation
