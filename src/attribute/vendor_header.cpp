#include "attribute/rungs.hpp"

namespace jmrp::attribute {

namespace {

/// Bare until 2016, in brackets since; it beats To: of the mail, from which it differs where somebody forwards.
constexpr std::string_view field = "X-HmXmrOriginalRecipient";

} // namespace

Finding read_vendor_header(const Evidence& evidence) {
    Finding finding;
    for (const std::string_view value : evidence.original.all(field))
        add_mailboxes(finding, field, value, evidence.rules.limits.recipients);
    if (finding.why.empty())
        finding.why = "the returned mail has no " + std::string(field);
    return finding;
}

} // namespace jmrp::attribute
