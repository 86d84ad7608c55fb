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
    {"token", read_token},
    {"send-log", read_send_log},
    {"verp", read_verp},
    {"report-field", read_report_field},
    {"vendor-header", read_vendor_header},
    {"list-software", read_list_software}, // not sealed: it confirms or contradicts an address rather than replace it
    {"envelope-to", read_envelope_to},
};

int strength(RecipientStatus status) noexcept {
    constexpr RecipientStatus ascending[] = {RecipientStatus::absent, RecipientStatus::masked, RecipientStatus::hashed,
                                             RecipientStatus::ambiguous, RecipientStatus::known};
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
        const domain::ReportedAddress mailbox = domain::read_mailbox(piece);
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

namespace {

bool names(const std::vector<domain::Address>& addresses, const domain::Address& wanted) {
    const std::string key = wanted.key();
    return std::any_of(addresses.begin(), addresses.end(),
                       [&](const domain::Address& one) { return one.key() == key; });
}

bool all_named(const std::vector<domain::Address>& wanted, const std::vector<domain::Address>& addresses) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const domain::Address& one) { return names(addresses, one); });
}

/// The climb: what has been found so far, and what the next rung makes of it.
class Ladder {
  public:
    Ladder(std::size_t most, std::vector<domain::Defect>& defects) : most_(most), defects_(defects) {}

    void climb(std::string_view rung, Finding finding) {
        const bool known = finding.status == RecipientStatus::known;
        recipient_.ladder.push_back({std::string(rung), known || !finding.subscribers.empty(), std::move(finding.why)});
        if (strength(finding.status) > strength(recipient_.status)) {
            recipient_.status = finding.status;
            recipient_.from = std::string(rung) + ": " + finding.field;
        }
        if (finding.contradictory)
            contradict(recipient_.ladder.back().why);
        for (domain::Subscriber& one : finding.subscribers)
            if (std::find(recipient_.subscribers.begin(), recipient_.subscribers.end(), one) ==
                recipient_.subscribers.end())
                recipient_.subscribers.push_back(std::move(one));
        if (!known && !finding.subscribers.empty() && decided_.empty())
            recipient_.basis = std::max(recipient_.basis, finding.basis);
        if (finding.status == RecipientStatus::ambiguous && recipient_.candidates.empty()) {
            recipient_.candidates = std::move(finding.addresses);
            recipient_.basis = std::max(recipient_.basis, finding.basis);
        } else if (known)
            decided_.empty() ? decide(rung, std::move(finding)) : compare(rung, finding);
    }

    /// A mail to several people: whoever else is named must be one of them.
    domain::Recipient finish() && {
        if (!decided_.empty() && !recipient_.candidates.empty()) {
            if (all_named(recipient_.addresses, recipient_.candidates))
                recipient_.basis = std::max(recipient_.basis, domain::Basis::own_key);
            else
                contradict("the send log knows other recipients of this mail than " + decided_ + " names");
        }
        return std::move(recipient_);
    }

  private:
    void decide(std::string_view rung, Finding finding) {
        decided_ = rung;
        recipient_.basis = finding.basis;
        if (finding.addresses.size() > most_) {
            finding.addresses.resize(most_);
            defects_.push_back({"too-many-recipients", finding.field});
        }
        recipient_.addresses = std::move(finding.addresses);
    }

    /// What we wrote must agree with who was named so far, and confirms it. The report's word against ours is told and no
    /// more: where somebody forwards, it names the mailbox behind, and we have to end the mail to the address we wrote to.
    void compare(std::string_view rung, const Finding& finding) {
        std::string& why = recipient_.ladder.back().why;
        const bool agree = std::any_of(finding.addresses.begin(), finding.addresses.end(),
                                       [&](const auto& address) { return names(recipient_.addresses, address); });
        if (agree) {
            why += "; agrees with " + decided_;
            recipient_.basis = std::max(recipient_.basis, finding.basis);
            return;
        }
        recipient_.ladder.back().held = false;
        why += "; but " + decided_ + " names somebody else";
        if (finding.basis >= domain::Basis::own_key)
            contradict(decided_ + " and " + std::string(rung) + " name different people");
    }

    void contradict(std::string why) {
        if (!recipient_.conflict)
            recipient_.conflict = std::move(why);
    }

    std::size_t most_;
    std::vector<domain::Defect>& defects_;
    domain::Recipient recipient_;
    std::string decided_; ///< the rung that named the recipient
};

} // namespace

domain::Recipient find_recipient(const Evidence& evidence, std::vector<domain::Defect>& defects) {
    Ladder ladder(evidence.rules.limits.recipients, defects);
    for (const Rung& rung : rungs)
        ladder.climb(rung.name, rung.climb(evidence));
    domain::Recipient recipient = std::move(ladder).finish();
    if (evidence.tokens.names_one_mail && evidence.tokens.claims && evidence.tokens.claims->recipient)
        recipient.token = {evidence.tokens.text, evidence.tokens.claims->sealed_at, evidence.tokens.claims->list,
                           evidence.tokens.claims->campaign};
    recipient.tokens_refused = evidence.tokens.refused.size();
    return recipient;
}

bool is_own_domain(std::string_view domain, const std::vector<std::string>& own_domains) noexcept {
    return std::any_of(own_domains.begin(), own_domains.end(), [&](const std::string& own) {
        return !own.empty() && domain.size() >= own.size() &&
               util::equal_ignoring_case(domain.substr(domain.size() - own.size()), own) &&
               (domain.size() == own.size() || domain[domain.size() - own.size() - 1] == '.');
    });
}

} // namespace jmrp::attribute
