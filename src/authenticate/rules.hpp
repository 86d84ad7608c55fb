#pragma once
// The rules, one a file; their table, in authenticate.cpp, says what each may decide.
#include <string>
#include <string_view>
#include <vector>

#include "authenticate/sender.hpp"
#include "domain/authenticity.hpp"
#include "domain/reading.hpp"
#include "mail/message.hpp"

namespace jmrp::authenticate {

struct Evidence {
    const mail::Fields& outer;            ///< the header of the mail itself
    const Sender& sender;                 ///< read from it
    const domain::FeedbackReport* report; ///< null: it is an answer of sender support
    bool own_token;                       ///< the returned mail carries a valid token of ours
    const domain::AuthenticityRules& rules;
    const std::vector<domain::Network>& own_networks;
    const domain::DkimFinding* dkim; ///< null: not made
    std::string_view whom;           ///< for people, whoever is in rules.reporters: "a reporter"
    std::string_view key;            ///< of the configuration that names them
};

struct Spoken {
    domain::Says says = domain::Says::nothing;
    std::string why;
};

using Speak = Spoken (*)(const Evidence& evidence);

Spoken read_authentication_results(const Evidence& evidence); // what our border found (RFC 8601)
Spoken read_dkim(const Evidence& evidence);                   // our own check of the signatures (RFC 6376)
Spoken read_secret_address(const Evidence& evidence);         // delivered to an address that only reporters were told
Spoken read_token(const Evidence& evidence);                  // the mail was ours; not that anybody complained of it
Spoken read_source_ip(const Evidence& evidence);              // the report is about our networks, or somebody else's

/// Whether a check of the signatures could make the report authentic: a signature of a domain aligned with its sender.
bool has_reporter_signature(const Evidence& evidence);

} // namespace jmrp::authenticate
