#pragma once
// What reading a mail depends on besides the mail itself. Filled from the configuration; the defaults are those of a
// fresh installation.
#include <cstddef>
#include <string>
#include <vector>

#include "domain/authenticity.hpp"
#include "domain/ip.hpp"
#include "domain/refusal_rule.hpp"
#include "domain/token.hpp"

namespace jmrp::domain {

/// Bounds on what one hostile mail can make us do. Beyond a bound reading stops there and a Defect says so.
struct Limits {
    std::size_t message_bytes = std::size_t{16} << 20;
    std::size_t depth = 16;               ///< nested parts
    std::size_t parts = 500;              ///< in the whole message
    std::size_t headers = 2000;           ///< in one header block
    std::size_t header_bytes = 512 << 10; ///< one header block
    std::size_t field_bytes = 64 << 10;   ///< one field's value; the rest of it is dropped
    std::size_t recipients = 1000;        ///< kept of one report or bounce
};

struct ReadingRules {
    Limits limits;
    std::vector<Network> own_networks; ///< a source IP in here wins over an earlier foreign one
    /// Patterns for VERP senders, tried in order before the built-in ones, on the whole bare address. Named groups:
    /// `local` and `domain`, or `address` ("user=example.com" or "user@example.com").
    std::vector<std::string> verp_patterns;
    std::vector<std::string> own_domains; ///< VERP return paths are believed in these only; empty: in every domain
    bool believe_envelope_to = false;     ///< take To: of the reported message for its recipient
    /// Patterns for what list software writes of a subscriber, see attribute/subscriber.hpp.
    std::vector<std::string> subscriber_patterns;
    std::vector<RefusalRule>
        refusal_rules; ///< what servers say when they refuse, asked in order before the built-in ones
    /// Where Microsoft's sender support writes from, in lower case: "microsoft.com" is that domain, ".microsoft.com" every one
    /// below it. Anybody has a mailbox at outlook.com, so only what lies below that one.
    std::vector<std::string> support_senders = {"microsoft.com",         ".microsoft.com", "microsoftsupport.com",
                                                ".microsoftsupport.com", ".microsoft",     ".outlook.com",
                                                ".office365.com"};
    TokenRules token;
    AuthenticityRules authenticity;
};

} // namespace jmrp::domain
