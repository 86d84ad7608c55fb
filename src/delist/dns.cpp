#include "delist/dns.hpp"

#include <algorithm>

namespace jmrp::delist {

namespace {

using domain::SpfResult;
using util::Seconds;

constexpr Seconds dkim_fresh = Seconds{30} * 86'400;

bool is_spamhaus(const domain::ListFinding& finding) {
    constexpr std::string_view zones[] = {"spamhaus.org", "spamhaus.net"};
    return std::ranges::any_of(zones, [&](const std::string_view zone) {
        return finding.zone == zone || finding.zone.ends_with("." + std::string(zone));
    });
}

/// A mail with that From has one of the envelope senders that SPF was asked for: its own domain's, or any of them.
std::optional<bool> spf_of(const std::string& domain, const std::vector<domain::SpfFinding>& findings) {
    const bool asked_itself = std::ranges::any_of(
        findings, [&](const domain::SpfFinding& one) { return !one.of_helo && one.domain == domain; });
    std::optional<bool> out;
    bool known = true;
    for (const domain::SpfFinding& one : findings) {
        if (one.of_helo || (asked_itself && one.domain != domain))
            continue;
        known = known && one.result != SpfResult::temperror;
        out = out.value_or(true) && (one.result == SpfResult::pass || one.result == SpfResult::temperror);
    }
    return out == true && !known ? std::nullopt : out;
}

std::optional<bool> dmarc_of(const domain::DmarcFinding& finding) {
    return finding.standing == domain::DmarcStanding::unknown
               ? std::nullopt
               : std::optional(finding.standing == domain::DmarcStanding::present);
}

/// By mail whose From is that domain or one below it: what is signed for the one is signed for the other.
std::optional<bool> dkim_of(const std::string& domain, const std::vector<store::DkimSeen>& seen, Seconds now) {
    std::optional<bool> out;
    for (const store::DkimSeen& one : seen) {
        if (one.domain != domain && !one.domain.ends_with("." + domain))
            continue;
        if (one.right && now - *one.right <= dkim_fresh)
            return true;
        if (one.wrong && now - *one.wrong <= dkim_fresh)
            out = false;
    }
    return out;
}

} // namespace

void add_dns(domain::Evidence& evidence, const domain::DnsFacts& facts, const std::vector<store::DkimSeen>& dkim) {
    // What was never asked, at 0, is the oldest.
    evidence.pointer = {{facts.ptr, "dns", std::min(evidence.now, facts.ptr.asked_at)}};
    std::vector<domain::ListFinding> listings;
    Seconds asked_at = evidence.now;
    for (const domain::ListFinding& one : facts.lists)
        if (is_spamhaus(one)) {
            listings.push_back(one);
            asked_at = std::min(asked_at, one.asked_at);
        }
    if (!listings.empty())
        evidence.spamhaus = {{std::move(listings), "dns", asked_at}};
    if (facts.dmarc.empty())
        return;
    std::vector<domain::FromDomain> domains;
    asked_at = evidence.now;
    for (const domain::SpfFinding& one : facts.spf)
        if (!one.of_helo)
            asked_at = std::min(asked_at, one.asked_at);
    for (const domain::DmarcFinding& one : facts.dmarc) {
        asked_at = std::min(asked_at, one.asked_at);
        domains.push_back(
            {one.domain, spf_of(one.domain, facts.spf), dkim_of(one.domain, dkim, evidence.now), dmarc_of(one)});
    }
    evidence.from_domains = {{std::move(domains), "dns, reports", asked_at}};
}

} // namespace jmrp::delist
