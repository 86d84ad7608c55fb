#pragma once
// A mail of our own as bytes (RFC 5322, MIME), ready to be handed to a mail server.
#include <string>
#include <string_view>

#include "domain/address.hpp"
#include "util/clock.hpp"

namespace jmrp::mail {

struct Outgoing {
    std::string from_name; ///< may be empty; as subject, any text: controls become blanks, so no field is added by it
    domain::Address from;
    domain::Address to;
    std::string subject;
    util::Seconds date = 0;
    std::string text; ///< UTF-8, lines end with LF
    /// A mail that goes along with its own bytes; empty: none. What no mail can carry as it is (NUL, CR without LF, a line of
    /// more than 998 bytes) goes as a file of bytes in base64 in its place.
    std::string_view attached;
};

/// Lines end with LF, as programs that take a mail on standard input want it; so do those of what is attached. The same mail
/// gives the same bytes. A mail with 8-bit text in what is attached needs 8BITMIME (RFC 6152).
std::string compose(const Outgoing& mail);

} // namespace jmrp::mail
