#pragma once
#include "dns/dnsbl.hpp"
#include "dns/resolver.hpp"
#include "domain/dns_facts.hpp"

namespace jmrp::dns {

/// Who sends: domains are A-labels, in lower case.
struct Sender {
    domain::Ip ip;
    std::string helo; ///< empty: not known
    std::vector<std::string> from;
    std::vector<std::string> envelope; ///< empty: SPF is asked for `from`
};

struct ListZones {
    std::vector<ListZone> of_addresses;
    std::vector<ListZone> of_domains; ///< asked for the HELO name and every other domain, each once
};

/// Everything that the DNS says of the sender: names of the address, SPF of the HELO name and of each envelope domain, DMARC of
/// each From domain, and the lists.
domain::DnsFacts gather(Resolver& resolver, const Sender& sender, const ListZones& zones);

} // namespace jmrp::dns
