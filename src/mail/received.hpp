#pragma once
// One Received field (RFC 5321 section 4.4), taken apart.
#include <string_view>
#include <vector>

#include "domain/ip.hpp"

namespace jmrp::mail {

/// Views into the field. An empty view: the clause is not there.
struct Hop {
    std::string_view from_host;       ///< what the client called itself
    std::string_view by_host;         ///< who stamped it
    std::string_view with;            ///< the protocol: "ESMTPS", "LMTP", "local"
    std::string_view id;              ///< the stamping server's queue id
    std::string_view for_mailbox;     ///< as it came, brackets included
    std::string_view date;            ///< what follows the last ";"
    std::vector<domain::Ip> from_ips; ///< of the from clause, what the receiver saw before what the client claimed
};

Hop read_received(std::string_view value);

} // namespace jmrp::mail
