#pragma once
// What of a refusal's own words may be passed on, and where they send us. They are a stranger's.
#include <optional>
#include <string>
#include <string_view>

#include "domain/address.hpp"

namespace jmrp::delist {

/// On one line, at most `limit` bytes, controls as blanks, with "***" for the local part of every address: those of people are
/// personal data, and so are the return paths that hold them. Mailboxes for delisting at Microsoft stay.
std::string without_people(std::string_view text, std::size_t limit = 2000);

/// The first mailbox for delisting that it names and that is Microsoft's: a stranger's text must not choose who gets mail.
std::optional<domain::Address> printed_mailbox(std::string_view text);

} // namespace jmrp::delist
