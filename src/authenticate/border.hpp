#pragma once
// Which Authentication-Results fields did our own border write?
//
// Anybody can write a field with our authserv-id into his mail. RFC 8601 section 5 tells the border to take such fields out;
// few are set up to. What nobody outside can do is to write above the Received field that our border stamps when his mail
// comes in: the header a stranger sends begins below it. So:
//
//   The border line is the topmost Received field whose client was a stranger. Looked for from the top, those are passed
//   over that hand a mail on inside: a client at loopback or in AuthenticityRules::relays (every address the field shows
//   for it), delivery by LMTP or "with local" from no public address, and fields without a from clause. A field with our
//   authserv-id is believed exactly when it stands above the border line. Where there is none, nothing is believed.
//
// Why that works: everything above the border line was written by hosts that are ours, because each Received field that was
// passed over says that its client was one of ours, and the topmost is written by the host that delivers to us.
//   - Postfix inserts what a milter adds at position 0, as OpenDKIM and OpenDMARC of Debian 12 do, above its own Received
//     field; what a policy service prepends stands there too. rspamd's own routine asks for position 1, which is below that
//     field: examples/rspamd asks for 0 (tests/servers/test_borders.py). Exim needs `add_header = :at_start:...`; what it adds without that goes to
//     the end of the header, below the stranger's fields, and is not believed.
//   - Sendmail puts a milter's field below its own Received field. There nobody can tell it from one that came with the mail,
//     and it is not believed; check_dkim or a secret address is the way.
//   - Local redelivery, LMTP, a content filter on the same host (amavis hands back over loopback) and an inner store in
//     `relays` add Received, Delivered-To and the like on top.
// A private address alone does not make a client ours: behind a translating gateway every stranger has one.
#include <string>
#include <string_view>
#include <vector>

#include "authenticate/authentication_results.hpp"
#include "domain/authenticity.hpp"
#include "mail/message.hpp"

namespace jmrp::authenticate {

struct BorderResults {
    std::vector<AuthenticationResults> believed; ///< from the top
    std::string why_none;                        ///< where none is: a clause for a person
};

BorderResults read_border_results(const mail::Fields& outer, const domain::AuthenticityRules& rules);

} // namespace jmrp::authenticate
