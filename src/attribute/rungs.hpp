#pragma once
// Whom is the complaint about? One rung a file; the table in rungs.cpp is climbed in order, from what nobody but us can have
// written down to the report's own word. Every rung is asked: the first that holds names the recipient, the others
// confirm or contradict it.
#include <optional>
#include <string>
#include <vector>

#include "attribute/token.hpp"
#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"
#include "domain/sent.hpp"
#include "mail/message.hpp"

namespace jmrp::attribute {

/// What the rungs read. The fields are those of classify::Classified.
struct Evidence {
    const domain::FeedbackReport& report;
    const mail::Fields& report_fields;
    const mail::Fields& original;
    const domain::ReadingRules& rules;
    const TokenReading& tokens;       ///< what read_tokens() found
    const domain::SentEvidence& sent; ///< what the send log says of the keys that sent_keys() gave
    util::Seconds received_at = 0;    ///< of the report
};

/// What one rung says. It names somebody exactly when the status is known.
struct Finding {
    domain::RecipientStatus status = domain::RecipientStatus::absent;
    std::vector<domain::Address> addresses;      ///< where known: all of them; where ambiguous: one of them
    std::vector<domain::Subscriber> subscribers; ///< the same people, or the only name there is
    domain::Basis basis = domain::Basis::claimed;
    std::string field;          ///< where it looked last or found it
    std::string why;            ///< one sentence
    bool contradictory = false; ///< what it read contradicts itself: a person has to look
};

using Climb = Finding (*)(const Evidence& evidence);

Finding read_token(const Evidence& evidence);         // what nobody but us can have sealed
Finding read_send_log(const Evidence& evidence);      // queue id in our own Received field, Message-ID
Finding read_verp(const Evidence& evidence);          // the envelope sender of our mail, made for one recipient
Finding read_list_software(const Evidence& evidence); // the subscriber as the list program names it
Finding read_report_field(const Evidence& evidence);  // Original-Rcpt-To, Removal-Recipient (RFC 5965)
Finding read_vendor_header(const Evidence& evidence); // X-HmXmrOriginalRecipient (Microsoft before 2026)
Finding read_envelope_to(const Evidence& evidence);   // Delivered-To, To and the like, only where the rules say so

/// What to ask the send log about a report.
struct SentKeys {
    std::optional<std::string> message_id; ///< without angle brackets
    std::vector<std::string> queue_ids;    ///< of hops that our own hosts stamped, at most a handful
    std::optional<util::Seconds> around;   ///< when the mail arrived, as far as the report tells
};
SentKeys sent_keys(const domain::FeedbackReport& report, const mail::Fields& original, const TokenReading& tokens,
                   const domain::ReadingRules& rules);

/// Climbs the ladder. Where no rung names somebody, an ambiguous answer says more than a hash, a hash more than a mask and a
/// mask more than nothing. More than Limits::recipients addresses are cut with a defect.
domain::Recipient find_recipient(const Evidence& evidence, std::vector<domain::Defect>& defects);

/// Puts the mailboxes a field's text lists into the finding: known ones are added once, others raise its status.
void add_mailboxes(Finding& finding, std::string_view field, std::string_view text, std::size_t most);

/// Whether a host or domain is one of the own domains or below one.
bool is_own_domain(std::string_view domain, const std::vector<std::string>& own_domains) noexcept;

} // namespace jmrp::attribute
