#include "dns/gather.hpp"

#include <algorithm>

#include "dns/dmarc.hpp"
#include "dns/ptr.hpp"
#include "dns/spf.hpp"

namespace jmrp::dns {

namespace {

std::vector<std::string> domains_of(const Sender& sender) {
    std::vector<std::string> out;
    if (!sender.helo.empty())
        out.push_back(sender.helo);
    for (const auto* domains : {&sender.envelope, &sender.from})
        for (const std::string& domain : *domains)
            if (std::ranges::find(out, domain) == out.end())
                out.push_back(domain);
    return out;
}

} // namespace

domain::DnsFacts gather(Resolver& resolver, const Sender& sender, const ListZones& zones) {
    domain::DnsFacts out;
    out.ip = sender.ip;
    out.helo = sender.helo;
    out.ptr = check_ptr(resolver, sender.ip,
                        sender.helo.empty() ? std::nullopt : std::optional<std::string_view>(sender.helo));
    if (!sender.helo.empty())
        out.spf.push_back(check_spf(resolver, {sender.ip, {}, sender.helo}));
    for (const std::string& domain : sender.envelope.empty() ? sender.from : sender.envelope)
        out.spf.push_back(check_spf(resolver, {sender.ip, "postmaster@" + domain, sender.helo}));
    for (const std::string& domain : sender.from)
        out.dmarc.push_back(check_dmarc(resolver, domain));
    for (const ListZone& zone : zones.of_addresses)
        out.lists.push_back(Dnsbl(resolver, zone).ask(sender.ip));
    for (const ListZone& zone : zones.of_domains)
        for (const std::string& domain : domains_of(sender))
            out.lists.push_back(Dnsbl(resolver, zone).ask(domain));
    return out;
}

} // namespace jmrp::dns
