#pragma once
// A possible bounce taken apart: what the mail system says, what it says to machines, and what it returns.
#include <string>
#include <string_view>
#include <vector>

#include "domain/reading_rules.hpp"
#include "mail/message.hpp"

namespace jmrp::classify {

struct Notice {
    /// For people: the text parts without quoted lines and without the returned mail, line ends as LF. HTML stands in
    /// where there is no plain text. At most 256 KiB.
    std::string text;
    /// Bodies of delivery-status parts, whatever they are nested in; views into the message.
    std::vector<std::string_view> status_parts;
    /// Blocks of the same kind that stand in a text part.
    std::string status_text;
    /// The header fields of the returned mail.
    mail::Fields original;
    bool feedback_report = false; ///< RFC 5965: not ours
    bool disposition = false;     ///< RFC 8098: a receipt
    /// A person forwards a bounce as quoted text, header and delivery status included: the quoted header's fields.
    mail::Fields forwarded;
};

/// Embedded messages are not entered: what a returned mail holds is not said by the one who returns it.
Notice read_notice(const mail::Part& message, const domain::Limits& limits);

} // namespace jmrp::classify
