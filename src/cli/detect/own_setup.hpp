#pragma once
// What a configuration needs to know of the computer it is for, and where each thing was found out.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/detect/border.hpp"
#include "domain/address.hpp"
#include "domain/ip.hpp"

namespace jmrp::cli {

struct OwnSetup {
    MailServer server;
    Border border;
    std::vector<domain::Network> networks; ///< the public addresses of the interfaces
};

OwnSetup detect_own_setup(const Machine& machine);

/// "fbl-" and twelve digits that nobody guesses, in that domain.
domain::Address new_feedback_address(const std::string& domain);
/// Whether a local part holds at least ten letters and digits on end that change between the two three times: as one that a
/// program made up does. Only such an address is a secret.
bool looks_unguessable(std::string_view local_part) noexcept;

} // namespace jmrp::cli
