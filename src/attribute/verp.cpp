// Variable envelope return paths: the recipient is written into the envelope sender of our mail.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "attribute/returned.hpp"
#include "attribute/rungs.hpp"
#include "domain/redaction.hpp"
#include "util/fault.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::attribute {

namespace {

class Pattern {
  public:
    Pattern(std::string name, std::string_view expression)
        : name_(std::move(name)), regex_(expression), local_(regex_.group("local")), domain_(regex_.group("domain")),
          address_(regex_.group("address")) {
        if (!address_ && !(local_ && domain_))
            throw util::Fault(util::FaultKind::configuration, "use the VERP pattern '" + std::string(expression) + "'",
                              "it has neither the group 'address' nor the groups 'local' and 'domain'",
                              "write for instance ^bounce\\+(?<local>[^=]+)=(?<domain>[^@]+)@");
    }

    const std::string& name() const noexcept { return name_; }

    /// The mailbox text the sender was made for, or "".
    std::string apply(std::string_view sender) const {
        const auto groups = regex_.search(sender);
        if (!groups)
            return {};
        if (!address_)
            return std::string((*groups)[*local_]) + "@" + std::string((*groups)[*domain_]);
        std::string text((*groups)[*address_]);
        if (const std::size_t equals = text.rfind('=');
            equals != std::string::npos && text.find('@') == std::string::npos)
            text[equals] = '@';
        return text;
    }

  private:
    std::string name_;
    util::Regex regex_;
    std::optional<std::size_t> local_, domain_, address_;
};

/// The last needs exactly one "=", so that SRS addresses, which hold several, are none.
const std::vector<Pattern>& built_in() {
    static const std::vector<Pattern> patterns = [] {
        constexpr std::pair<std::string_view, std::string_view> table[] = {
            {"Sympa", R"(^(?:[^@+=]*bounces?\+)?(?<local>[^@=]+)==[ad]==(?<domain>[^@=]+)(?:==[^@]*)?@)"},
            {"Mailman", R"(^[^@=+]+-bounces\+(?<local>[^@=]+)=(?<domain>[^@=]+)@)"},
            {"mlmmj", R"(^[^@=+]+\+bounces-\d+-(?<local>[^@=]+)=(?<domain>[^@=]+)@)"},
            {"ezmlm", R"(^[^@=]+-return-\d+-(?<local>[^@=]+)=(?<domain>[^@=]+)@)"},
            {"delimiter", R"(^(?!srs[01]|prvs|btv1)[^@=+]+\+(?<local>[^@=]+)=(?<domain>[^@=]+)@)"},
        };
        std::vector<Pattern> out;
        for (const auto& [name, expression] : table)
            out.emplace_back(std::string(name), expression);
        return out;
    }();
    return patterns;
}

/// Compiled once for every list of patterns that is ever used: a process has one, tests have a few.
std::shared_ptr<const std::vector<Pattern>> compiled(const std::vector<std::string>& expressions) {
    static std::mutex mutex;
    static std::map<std::vector<std::string>, std::shared_ptr<const std::vector<Pattern>>> known;
    const std::lock_guard lock(mutex);
    auto& patterns = known[expressions];
    if (!patterns) {
        std::vector<Pattern> fresh;
        for (std::size_t i = 0; i < expressions.size(); ++i)
            fresh.emplace_back("pattern " + std::to_string(i + 1), expressions[i]);
        patterns = std::make_shared<const std::vector<Pattern>>(std::move(fresh));
    }
    return patterns;
}

bool is_own(std::string_view sender, const std::vector<std::string>& own_domains) {
    return own_domains.empty() || is_own_domain(sender.substr(sender.rfind('@') + 1), own_domains);
}

/// "campaign=2026.11" is no address: no top-level domain is a number.
bool has_name_for_top_level(std::string_view domain) noexcept {
    const std::string_view label = domain.substr(domain.rfind('.') + 1);
    return label.size() >= 2 && !std::all_of(label.begin(), label.end(), util::is_digit);
}

bool try_patterns(const std::vector<Pattern>& patterns, std::string_view sender, std::string_view field,
                  Finding& finding) {
    for (const Pattern& pattern : patterns) {
        const domain::ReportedAddress mailbox = domain::read_mailbox(pattern.apply(sender));
        if (!mailbox.address || !has_name_for_top_level(mailbox.address->domain))
            continue;
        finding.status = domain::RecipientStatus::known;
        finding.addresses = {*mailbox.address};
        finding.why = std::string(field) + " " + std::string(sender) + " was made for " + mailbox.address->text() +
                      " (" + pattern.name() + ")";
        return true;
    }
    return false;
}

struct Sender {
    std::string_view field;
    std::string text;
};

/// The envelope sender only: the responsible address (X-SID-PRA) is another thing.
std::vector<Sender> senders(const Evidence& evidence) {
    std::vector<Sender> found;
    const auto add = [&](std::string_view field, std::string_view value) {
        auto sender = domain::bare_sender(value);
        if (sender && sender->find('@') != std::string::npos)
            found.push_back({field, std::move(*sender)});
    };
    if (const std::string* said = evidence.report_fields.first("Original-Mail-From"))
        add("Original-Mail-From", *said);
    for (const std::string_view value : evidence.original.all("Return-Path"))
        add("Return-Path", value);
    if (found.empty() && evidence.report.original_mail_from.from.ends_with("smtp.mailfrom"))
        add("smtp.mailfrom", *evidence.report.original_mail_from.value);
    return found;
}

/// Whether the sender names its recipient; then the finding does.
bool decode(std::string_view sender, std::string_view field, const domain::ReadingRules& rules, Finding& finding) {
    if (!rules.verp_patterns.empty() && try_patterns(*compiled(rules.verp_patterns), sender, field, finding))
        return true;
    // Every built-in form writes "=" for the "@" of the recipient.
    return sender.find('=') != std::string_view::npos && try_patterns(built_in(), sender, field, finding);
}

} // namespace

std::optional<domain::Address> own_verp_recipient(std::string_view sender, const domain::ReadingRules& rules) {
    Finding finding;
    const bool ours = !rules.own_domains.empty() && is_own(sender, rules.own_domains);
    return ours && decode(sender, "", rules, finding) ? std::optional(finding.addresses.front()) : std::nullopt;
}

Finding read_verp(const Evidence& evidence) {
    Finding finding;
    // Whose return path it is, only the configuration can tell.
    if (!evidence.rules.own_domains.empty())
        finding.basis = domain::Basis::own_key;
    finding.why = "no envelope sender with a local part is known";
    for (const Sender& sender : senders(evidence)) {
        finding.field = sender.field;
        if (!is_own(sender.text, evidence.rules.own_domains)) {
            finding.why = std::string(sender.field) + " " + sender.text + " is in none of the own domains";
            continue;
        }
        if (decode(sender.text, sender.field, evidence.rules, finding))
            return finding;
        finding.why = std::string(sender.field) + " " + sender.text + " has no recipient in it";
    }
    return finding;
}

} // namespace jmrp::attribute
