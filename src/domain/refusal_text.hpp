#pragma once
// What of a refusal's own words may be passed on, and where they send us. They are a stranger's.
#include <optional>
#include <string>
#include <string_view>

#include "domain/address.hpp"

namespace jmrp::domain {

/// On one line, of at most `limit` bytes, controls as blanks, with "***" for the local part of every address: those of people are
/// personal data, and so are the return paths that hold them. Mailboxes for delisting at Microsoft stay. What may be half an address at the cut goes.
std::string without_people(std::string_view text, std::size_t limit = 2000);

/// The first mailbox for delisting that it names and that is Microsoft's: a stranger's text must not choose who gets mail.
std::optional<Address> printed_mailbox(std::string_view text);

} // namespace jmrp::domain
