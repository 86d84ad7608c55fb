#include <array>

#include "attribute/rungs.hpp"

namespace jmrp::attribute {

namespace {

/// Removal-Recipient repeats the address in opt-out reports and stands alone in some.
constexpr std::array<std::string_view, 2> naming = {"Original-Rcpt-To", "Removal-Recipient"};
/// AOL says here what it took out; it names nobody.
constexpr std::string_view redacted_field = "Redacted-Address";

} // namespace

Finding read_report_field(const Evidence& evidence) {
    Finding finding;
    for (const std::string_view name : naming) {
        for (const std::string_view value : evidence.report_fields.all(name))
            add_mailboxes(finding, name, value, evidence.rules.limits.recipients);
        if (finding.status == domain::RecipientStatus::known)
            return finding;
    }
    if (finding.status == domain::RecipientStatus::absent && evidence.report_fields.has(redacted_field)) {
        finding.status = domain::RecipientStatus::masked;
        finding.field = redacted_field;
        finding.why = "the report says that the address was redacted";
    }
    if (finding.why.empty())
        finding.why = "the report has no recipient field";
    return finding;
}

} // namespace jmrp::attribute
