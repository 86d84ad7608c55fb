#pragma once
// Are the signatures of a mail right (RFC 6376)?
#include <string_view>

#include "dkim/keys.hpp"
#include "domain/authenticity.hpp"
#include "util/clock.hpp"

namespace jmrp::dkim {

struct Check {
    domain::DkimFinding finding;
    /// False: the DNS did not answer for a signature, and asking again later may change the finding. The finding is then
    /// `pass` where another signature is right, else `unknown`.
    bool complete = true;
};

/// Checks every signature, of the message as it was kept: LF for CRLF is put right, a leading mbox line skipped. A signature
/// counts only where it says enough: not one with SHA-1 or an RSA key below 1024 bits (RFC 8301), one of a domain that is
/// testing (t=y), one whose l= leaves out a part of the body, or one that was expired at `received_at` or is from the future.
/// Bounded: more than 16 signatures or a header beyond 512 KiB or 2000 fields are not looked at, and that is a `fail`. Any
/// bytes may come. Throws util::Fault where the library cannot be started.
Check check_dkim(std::string_view message, const FindKey& find_key, util::Seconds received_at);

} // namespace jmrp::dkim
