#include "attribute/rungs.hpp"

#include <algorithm>
#include <string_view>

#include "domain/redaction.hpp"
#include "util/text.hpp"

namespace jmrp::attribute {

namespace {

using domain::RecipientStatus;

struct Rung {
    std::string_view name;
    Climb climb;
};

constexpr Rung rungs[] = {
    {"report-field", read_report_field},
    {"vendor-header", read_vendor_header},
    {"verp", read_verp},
    {"envelope-to", read_envelope_to},
};

int strength(RecipientStatus status) noexcept {
    constexpr RecipientStatus ascending[] = {RecipientStatus::absent, RecipientStatus::masked, RecipientStatus::hashed,
                                             RecipientStatus::known};
    return static_cast<int>(std::find(std::begin(ascending), std::end(ascending), status) - std::begin(ascending));
}

/// The next mailbox of a list, up to a comma outside quotes, comments and brackets.
std::string_view take_mailbox(std::string_view& list) noexcept {
    bool quoted = false;
    int depth = 0;
    std::size_t i = 0;
    for (; i < list.size(); ++i) {
        const char c = list[i];
        if (c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '(' || c == '<'))
            ++depth;
        else if (!quoted && (c == ')' || c == '>'))
            depth -= depth > 0 ? 1 : 0;
        else if (!quoted && depth == 0 && c == ',')
            break;
    }
    i = std::min(i, list.size());
    const std::string_view mailbox = util::trim(list.substr(0, i));
    list.remove_prefix(std::min(i + 1, list.size()));
    return mailbox;
}

} // namespace

void add_mailboxes(Finding& finding, std::string_view field, std::string_view text, std::size_t most) {
    do {
        const std::string_view piece = take_mailbox(text);
        const domain::Mailbox mailbox = domain::read_mailbox(piece);
        if (strength(mailbox.status) > strength(finding.status) || finding.field.empty()) {
            finding.status = mailbox.status;
            finding.field = field;
            finding.why = std::string(field) +
                          (mailbox.status == RecipientStatus::known    ? " names "
                           : mailbox.status == RecipientStatus::absent ? " is empty"
                           : mailbox.status == RecipientStatus::hashed ? " holds a hash: "
                                                                       : " is masked: ") +
                          std::string(piece);
        }
        if (!mailbox.address || finding.addresses.size() > most)
            continue;
        const std::string key = mailbox.address->key();
        if (std::none_of(finding.addresses.begin(), finding.addresses.end(),
                         [&](const domain::Address& one) { return one.key() == key; }))
            finding.addresses.push_back(*mailbox.address);
    } while (!text.empty());
}

domain::Recipient find_recipient(const domain::FeedbackReport& report, const mail::Fields& report_fields,
                                 const mail::Fields& original, const domain::ReadingRules& rules,
                                 std::vector<domain::Defect>& defects) {
    const Evidence evidence{report, report_fields, original, rules};
    domain::Recipient recipient;
    std::string_view decided;
    for (const Rung& rung : rungs) {
        if (!decided.empty()) {
            recipient.ladder.push_back({std::string(rung.name), false, "not asked: " + std::string(decided) + " held"});
            continue;
        }
        Finding finding = rung.climb(evidence);
        if (strength(finding.status) > strength(recipient.status)) {
            recipient.status = finding.status;
            recipient.from = std::string(rung.name) + ": " + finding.field;
        }
        const bool held = finding.status == RecipientStatus::known;
        recipient.ladder.push_back({std::string(rung.name), held, std::move(finding.why)});
        if (!held)
            continue;
        decided = rung.name;
        if (finding.addresses.size() > rules.limits.recipients) {
            finding.addresses.resize(rules.limits.recipients);
            defects.push_back({"too-many-recipients", finding.field});
        }
        recipient.addresses = std::move(finding.addresses);
    }
    return recipient;
}

} // namespace jmrp::attribute
