#pragma once
// Lists of addresses and domains that are asked through the DNS (RFC 5782), Spamhaus ZEN and DBL foremost.
#include <string_view>

#include "dns/resolver.hpp"
#include "domain/dns_facts.hpp"

namespace jmrp::dns {

struct ListZone {
    std::string zone;
    std::string key; ///< secret; the zone is asked as KEY.ZONE. Empty: as ZONE
};

/// "Clean" is said only by a zone that lists its test point (127.0.0.2; "dbltest.com" of the DBL, else "test") and does not list
/// the other (127.0.0.1; "example.com", else "invalid"), and by NXDOMAIN alone. An address outside the range of the zone's
/// codes among its answers means that somebody else answered, or an error: unknown. The findings name the zone without its key.
class Dnsbl {
  public:
    Dnsbl(Resolver& resolver, ListZone zone) : resolver_(resolver), zone_(std::move(zone)) {}
    domain::ListFinding ask(const domain::Ip& ip);
    /// A-labels, lower case. One that is an address is not asked: unknown.
    domain::ListFinding ask(std::string_view domain);

  private:
    domain::ListFinding ask_for(Resolver& resolver, const std::string& prefix, bool of_domains);
    domain::ListFinding proven(std::string subject, const std::string& prefix, bool of_domains);
    std::string why_unproven(Resolver& resolver, bool of_domains);

    Resolver& resolver_;
    ListZone zone_;
};

} // namespace jmrp::dns
