#pragma once
// Who answers questions to the DNS. The checks of this folder know no other way, so a table can stand in for the network.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/dns.hpp"

namespace jmrp::dns {

class Resolver {
  public:
    virtual ~Resolver() = default;
    /// Trouble is an answer, a failure, and never an exception.
    virtual domain::DnsAnswer ask(const domain::DnsQuestion& question) = 0;
};

struct Servers {
    std::vector<std::string> addresses; ///< "IP" or "IP:port", "[IPv6]:port"; empty: those of the system
    int timeout_ms = 3000;              ///< of the first try; the next ones wait longer
    int tries = 2;                      ///< a server
};

/// Over c-ares: UDP, and TCP where an answer was truncated. A name that cannot be in the DNS (RFC 1035 section 2.3.4) is
/// answered no_such_name without a question. An answer of more than 256 records is a failure. After a failure the next server is
/// asked. One that gave no answer whatever to the first three questions is not asked again. Throws util::Fault where a server's address is none.
std::unique_ptr<Resolver> resolver_of(const Servers& servers);

/// Passes questions on and notes the oldest answer.
class Oldest : public Resolver {
  public:
    explicit Oldest(Resolver& below) : below_(below) {}
    domain::DnsAnswer ask(const domain::DnsQuestion& question) override {
        domain::DnsAnswer answer = below_.ask(question);
        if (!at_ || answer.asked_at < *at_)
            at_ = answer.asked_at;
        return answer;
    }
    util::Seconds at() const { return at_.value_or(0); }

  private:
    Resolver& below_;
    std::optional<util::Seconds> at_;
};

} // namespace jmrp::dns
