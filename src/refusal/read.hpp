#pragma once
// The text of a server that refused, to what it means. Pure.
#include <optional>
#include <string_view>

#include "domain/reading_rules.hpp"
#include "domain/rejection.hpp"
#include "domain/sent.hpp"

namespace jmrp::refusal {

/// What is known of one refusal of one recipient.
struct Answer {
    std::string_view text;   ///< what the server said, as the mail server reports it
    std::string_view status; ///< enhanced status code that stands beside it; may be empty
    std::string_view host;   ///< the refusing server, where something names it outside of the text; may be empty
    std::string_view recipient_domain; ///< may be empty
    std::optional<util::Seconds> at;   ///< when, where the text itself does not tell
};

/// Always comes to something: what no rule knows is `other`, with the rule "unclassified".
domain::Rejection read(const Answer& answer, const domain::ReadingRules& rules);

/// The same of a long text in which an answer stands somewhere, and only where it says that an address is listed: listings
/// have words that nobody else says, all others also stand in the advice that people are given.
std::optional<domain::Rejection> find_listing(const Answer& answer, const domain::ReadingRules& rules);

/// Whether the server's words decided, and not a bare code or nothing at all.
bool rests_on_words(const domain::Rejection& rejection) noexcept;

/// The rejection that a line of a mail server's log tells of. Nothing where the mail was accepted.
std::optional<domain::Rejection> read_record(const domain::SentRecord& record, const domain::ReadingRules& rules);

} // namespace jmrp::refusal
