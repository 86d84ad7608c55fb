#pragma once
// What reports write in place of an address (RFC 6590; shapes observed at AOL, Comcast, Rackspace, Validity).
#include <optional>
#include <string_view>

#include "domain/address.hpp"
#include "domain/reading.hpp"

namespace jmrp::domain {

/// One mailbox text of a report, told apart. `address` is set exactly when known.
struct ReportedAddress {
    RecipientStatus status = RecipientStatus::absent;
    std::optional<Address> address;
};

/// "user@example.com", "<user@example.com>", "Name <user@example.com>", "rfc822; user@example.com"; blanks that a fold
/// inside the address left behind are taken out. Placeholders ("redacted@example.com", "Undisclosed Recipients",
/// "localpart@", "j***@example.com", a ".invalid" domain, or no address at all) are masked, hashes (hexadecimal or
/// base64 local part, "hashed@...") are hashed, "" and "<>" are absent. Never an address that is none.
ReportedAddress read_mailbox(std::string_view text);

/// The bare text of a reverse path: brackets, blanks and a source route taken off; "" for "<>". Nothing where it is
/// empty, masked or neither an address nor a domain. Local parts longer than RFC 5321 allows are kept: VERP makes them.
std::optional<std::string> bare_sender(std::string_view text);

} // namespace jmrp::domain
