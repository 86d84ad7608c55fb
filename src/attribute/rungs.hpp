#pragma once
// Whom is the complaint about? One rung a file; the table in rungs.cpp is climbed in order, the first that holds
// decides.
#include <string>
#include <vector>

#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"
#include "mail/message.hpp"

namespace jmrp::attribute {

/// What the rungs read. The fields are those of classify::Classified.
struct Evidence {
    const domain::FeedbackReport& report;
    const mail::Fields& report_fields;
    const mail::Fields& original;
    const domain::ReadingRules& rules;
};

/// What one rung says. It holds exactly when the status is known.
struct Finding {
    domain::RecipientStatus status = domain::RecipientStatus::absent;
    std::vector<domain::Address> addresses;
    std::string field; ///< where it looked last or found it
    std::string why;   ///< one sentence
};

using Climb = Finding (*)(const Evidence& evidence);

Finding read_report_field(const Evidence& evidence);  // Original-Rcpt-To, Removal-Recipient (RFC 5965)
Finding read_vendor_header(const Evidence& evidence); // X-HmXmrOriginalRecipient (Microsoft before 2026)
Finding read_verp(const Evidence& evidence);          // the envelope sender of our mail, made for one recipient
Finding read_envelope_to(const Evidence& evidence);   // Delivered-To, To and the like, only where the rules say so

/// Climbs the ladder. A rung that held is never overridden by a later one; where none holds, a hash says more than a
/// mask and a mask more than nothing. More than Limits::recipients addresses are cut with a defect.
domain::Recipient find_recipient(const domain::FeedbackReport& report, const mail::Fields& report_fields,
                                 const mail::Fields& original, const domain::ReadingRules& rules,
                                 std::vector<domain::Defect>& defects);

/// Puts the mailboxes a field's text lists into the finding: known ones are added once, others raise its status.
void add_mailboxes(Finding& finding, std::string_view field, std::string_view text, std::size_t most);

} // namespace jmrp::attribute
