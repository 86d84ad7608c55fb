// Microsoft's form of 2010 to 2026 (jmrp.md D1 and D3): multipart/mixed around one message/rfc822, without a word of
// its own.
#include <algorithm>

#include "classify/derive.hpp"
#include "classify/detectors.hpp"
#include "classify/jmrp_marks.hpp"
#include "domain/redaction.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

/// The one embedded message; nothing where there are several, or parts that are neither it nor text.
const mail::Part* only_embedded(const mail::Part& message) {
    const mail::Part* embedded = nullptr;
    for (const mail::Part& part : message.parts) {
        if (part.is_embedded_message()) {
            if (embedded)
                return nullptr;
            embedded = &part.parts.front();
        } else if (!part.type.starts_with("text/")) {
            return nullptr;
        }
    }
    return embedded;
}

} // namespace

std::optional<Classified> detect_jmrp_attachment(const mail::Part& message, const domain::ReadingRules& rules) {
    if (!message.is_multipart())
        return std::nullopt;
    const mail::Part* inner = only_embedded(message);
    if (!inner)
        return std::nullopt;
    const std::string* from = message.fields.first("From");
    const std::string* subject = message.fields.first("Subject");
    const bool from_staff = from && util::equal_ignoring_case(domain::bare_sender(*from).value_or(""), jmrp_sender);
    const bool says_complaint = subject && util::starts_with_ignoring_case(*subject, jmrp_subject);
    const bool names_recipient = inner->fields.has(jmrp_recipient_field);
    // Two of the three marks. A text beside the mail is a gateway's footer or a person's comment on a forwarded
    // complaint: then the sender has to be right as well.
    if (from_staff + says_complaint + names_recipient < 2 || (message.parts.size() > 1 && !from_staff))
        return std::nullopt;

    Classified classified;
    domain::FeedbackReport report;
    report.dialect = domain::Dialect::jmrp_attachment;
    report.feedback_type = "abuse";
    report.complaint = true;
    classified.original = inner->fields;
    if (const std::string* recipient = message.fields.first(jmrp_recipient_field); recipient && !names_recipient)
        classified.original.add(std::string(jmrp_recipient_field), *recipient);
    complete(report, {message.fields, classified.report_fields, classified.original, rules, says_complaint},
             inner->body, classified.reading.defects);
    classified.reading.what = std::move(report);
    return classified;
}

} // namespace jmrp::classify
