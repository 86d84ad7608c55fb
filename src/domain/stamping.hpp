#pragma once
// Stamping: which outgoing mail gets a token, and what happens when that is not possible.
#include <string>
#include <utility>
#include <vector>

#include "domain/address.hpp"
#include "domain/ip.hpp"
#include "domain/names.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

enum class StampScope { own_domains, all };
template <>
struct Names<StampScope> {
    static constexpr std::pair<StampScope, std::string_view> table[] = {{StampScope::own_domains, "own-domains"},
                                                                        {StampScope::all, "all"}};
};

/// What happens to mail that should have a token and cannot get one.
enum class OnTrouble { accept, tempfail };
template <>
struct Names<OnTrouble> {
    static constexpr std::pair<OnTrouble, std::string_view> table[] = {{OnTrouble::accept, "accept"},
                                                                       {OnTrouble::tempfail, "tempfail"}};
};

std::vector<Network> private_networks(); ///< loopback, RFC 1918, RFC 4193

struct StampingRules {
    StampScope scope = StampScope::own_domains;
    /// Mail from these, from own networks, and from who logged in is outgoing. This host and private networks.
    std::vector<Network> clients = private_networks();
    std::vector<Network> own_networks;
    std::vector<std::string> own_domains; ///< subdomains included
    bool own_recipients = false;          ///< also mail that goes to own domains only
    std::vector<std::string> headers;     ///< the fields that hold the token; at least one
    OnTrouble on_trouble = OnTrouble::accept;
};

/// A message with a token that says an id in place of its recipient, and to whom it went.
struct StampedMessage {
    std::string id;         ///< what the token says: the queue id of our server
    std::string message_id; ///< without angle brackets; empty where the message has none
    std::vector<Address> recipients;
    util::Seconds at = 0;
};

} // namespace jmrp::domain
