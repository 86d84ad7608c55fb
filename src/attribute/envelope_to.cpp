// The header of the returned mail says to whom it was addressed, which is not always who got it: lists, Bcc,
// forwarding.
#include <array>

#include "attribute/rungs.hpp"

namespace jmrp::attribute {

namespace {

constexpr std::array<std::string_view, 6> fields = {"Delivered-To",  "X-Delivered-To", "Envelope-To",
                                                    "X-Envelope-To", "X-Original-To",  "To"};

} // namespace

Finding read_envelope_to(const Evidence& evidence) {
    Finding finding;
    if (!evidence.rules.believe_envelope_to) {
        finding.why = "not believed: the configuration does not say so";
        return finding;
    }
    for (const std::string_view name : fields) {
        Finding here;
        for (const std::string_view value : evidence.original.all(name))
            add_mailboxes(here, name, value, evidence.rules.limits.recipients);
        if (here.addresses.size() > 1) {
            // Any of them may be the one who complained.
            finding = {};
            finding.field = name;
            finding.why = std::string(name) + " names several mailboxes";
            continue;
        }
        if (here.status != domain::RecipientStatus::absent)
            finding = std::move(here);
        if (finding.status == domain::RecipientStatus::known)
            return finding;
    }
    if (finding.why.empty())
        finding.why = "the returned mail does not say to whom it was delivered";
    return finding;
}

} // namespace jmrp::attribute
