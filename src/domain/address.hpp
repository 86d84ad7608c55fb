#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace jmrp::domain {

/// A mailbox, local-part@domain (RFC 5321 section 4.1.2). The local part is kept as it came, the domain in lower-case
/// A-labels.
struct Address {
    std::string local;
    std::string domain;

    std::string text() const { return local + "@" + domain; }
    /// What two spellings of one mailbox share: the text with the local part in lower case.
    std::string key() const;

    auto operator<=>(const Address&) const = default;
};

/// "user@example.com" or "<user@example.com>", blanks around it allowed. Nothing where it is no complete address: no "@",
/// an empty side, blanks or controls inside an unquoted local part, no domain name, over 64 + 255 bytes.
std::optional<Address> parse_address(std::string_view text);

} // namespace jmrp::domain
