#pragma once
// Who a report says it comes from. The From header is a stranger's text: only what every reader takes for one and the
// same mailbox is used.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/address.hpp"
#include "domain/authenticity.hpp"
#include "mail/message.hpp"

namespace jmrp::authenticate {

struct Sender {
    enum class Kind {
        absent,
        one,      ///< one From field, one mailbox (RFC 5322 section 3.6.2), no doubt about it
        ambiguous ///< several fields or mailboxes, a group, an "@" in an unquoted display name, bytes that are no address
    };
    Kind kind = Kind::absent;
    std::optional<domain::Address> address; ///< exactly when one
    /// Everything in the field that reads like an address outside quotes and comments: what it may pretend to be.
    std::vector<domain::Address> claims;
    std::string why_not; ///< where it is not one: a clause for a person, "there are two From fields"
};

Sender read_sender(const mail::Fields& outer);

/// The same domain, or a subdomain of it; ".example.com": a subdomain alone. Both in lower-case A-labels.
bool is_within(std::string_view domain, std::string_view parent) noexcept;

/// The domain part of an entry of AuthenticityRules::reporters.
std::string_view domain_of(std::string_view reporter) noexcept;

/// The reporter that `from` is and `domain` is aligned with, or null. Aligned: within the reporter's domain, as `from` is.
const std::string* aligned_reporter(const std::vector<std::string>& reporters, const domain::Address& from,
                                    std::string_view domain);
/// Whether the sender is, or may be taken for, a mailbox in the domain of a reporter.
bool claims_reporter(const std::vector<std::string>& reporters, const Sender& sender);

} // namespace jmrp::authenticate
