#pragma once
// What kind of message is this? One detector a file; the table in detectors.cpp is asked in order, the first that holds
// wins.
#include <optional>
#include <vector>

#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"
#include "mail/message.hpp"

namespace jmrp::classify {

/// A classified message. For a feedback report `original` holds the header fields of the complained-of mail and
/// `report_fields` those of its feedback-report part (empty in the legacy forms): attribution reads them.
struct Classified {
    domain::Reading reading;
    mail::Fields report_fields;
    mail::Fields original;
};

/// Nothing where the message is not of the detector's kind.
using Detect = std::optional<Classified> (*)(const mail::Part& message, const domain::ReadingRules& rules);

std::optional<Classified> detect_feedback_report(const mail::Part& message,
                                                 const domain::ReadingRules& rules); // RFC 5965
std::optional<Classified> detect_jmrp_attachment(const mail::Part& message,
                                                 const domain::ReadingRules& rules); // jmrp.md D1, D3
std::optional<Classified> detect_jmrp_original(const mail::Part& message,
                                               const domain::ReadingRules& rules); // jmrp.md D2
std::optional<Classified> detect_support_reply(const mail::Part& message,
                                               const domain::ReadingRules& rules); // blocks.md section 5
std::optional<Classified> detect_bounce(const mail::Part& message,
                                        const domain::ReadingRules& rules); // RFC 3464 and older forms

/// Asks the table; what nobody wants is Unrecognized with a reason.
Classified classify(const mail::Part& message, const domain::ReadingRules& rules);

} // namespace jmrp::classify
