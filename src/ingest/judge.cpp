#include "ingest/judge.hpp"

#include <algorithm>

#include "attribute/token.hpp"
#include "ingest/judge_bounce.hpp"

namespace jmrp::ingest {

namespace {

using domain::Basis;
using domain::Disposition;
using domain::Hold;
using domain::Verdict;

/// How a complaint and how an opt-out of the same fate are called.
struct Fate {
    Disposition complaint;
    Disposition unsubscribe;
};
constexpr Fate suppressed{Disposition::complaint_suppressed, Disposition::unsubscribe_suppressed};
constexpr Fate held{Disposition::complaint_held, Disposition::unsubscribe_held};
constexpr Fate rejected{Disposition::complaint_rejected, Disposition::unsubscribe_rejected};
constexpr Fate unattributed{Disposition::complaint_unattributed, Disposition::unsubscribe_unattributed};
constexpr Fate protected_{Disposition::complaint_protected, Disposition::unsubscribe_protected};

bool is_about_others(const domain::FeedbackReport& report, const std::vector<domain::Network>& own_networks) {
    return !own_networks.empty() && report.source_ip.value && !any_contains(own_networks, *report.source_ip.value) &&
           report.recipient.basis != Basis::token; // forwarded mail of ours: the IP is the forwarder's
}

bool is_believed(const domain::FeedbackReport& report, const domain::Policy& policy) {
    const Verdict verdict = report.authenticity.verdict;
    return verdict == Verdict::authentic || (verdict == Verdict::unverified && policy.act_on == Verdict::unverified) ||
           (report.recipient.basis == Basis::token && !policy.token_needs_authentic);
}

bool is_within(std::string_view domain, const std::string& parent) {
    return domain == parent || domain.ends_with("." + parent);
}

/// The domain of an address, of what may stand around it ("name <address>"); nothing where it is none of ours.
std::optional<domain::Scope> own_domain_of(std::string_view text, const domain::Policy& policy) {
    text.remove_prefix(std::min(text.size(), text.rfind('<') + 1));
    const std::string_view bare = text.substr(0, text.find('>'));
    auto scope = domain::parse_scope("domain:" + std::string(bare.substr(bare.rfind('@') + 1)));
    const auto is_ours = [&](const std::string& own) { return is_within(scope->name, own); };
    if (scope && !policy.own_domains.empty() && std::ranges::none_of(policy.own_domains, is_ours))
        return std::nullopt;
    return scope;
}

std::optional<domain::Scope> from_domain(const domain::FeedbackReport& report, const domain::Policy& policy) {
    return own_domain_of(report.reported.from.value_or(""), policy);
}

/// The domain our mail was sent from; nothing where the report does not say it or names one that is not ours.
std::optional<domain::Scope> sending_domain(const domain::FeedbackReport& report, const domain::Policy& policy) {
    auto from = from_domain(report, policy);
    return from ? from : own_domain_of(report.original_mail_from.value.value_or(""), policy);
}

/// A token outranks List-Id.
std::optional<domain::Scope> list_of(const domain::FeedbackReport& report) {
    if (report.recipient.token && !report.recipient.token->list.empty())
        return domain::parse_scope("list:" + report.recipient.token->list);
    return report.reported.list_id ? domain::parse_scope("list:" + *report.reported.list_id) : std::nullopt;
}

/// A token outranks what the mail says in the clear.
std::optional<std::string> campaign_of(const domain::FeedbackReport& report) {
    constexpr std::size_t longest = 255;
    const auto& token = report.recipient.token;
    std::optional<std::string> campaign =
        token && !token->campaign.empty() ? token->campaign : report.reported.campaign;
    const auto is_printable = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7F'; };
    if (!campaign || campaign->empty() || campaign->size() > longest || !std::ranges::all_of(*campaign, is_printable))
        return std::nullopt;
    if (!attribute::find_tokens(*campaign).empty())
        return std::nullopt; // another one in every mail
    return campaign;
}

std::optional<std::string> name_of(const std::optional<domain::Scope>& scope) {
    return scope ? std::optional(scope->name) : std::nullopt;
}

domain::Scope scope_of(const domain::FeedbackReport& report, const domain::Policy& policy) {
    std::optional<domain::Scope> scope;
    if (policy.suppression_scope == domain::ScopeKind::list)
        scope = list_of(report);
    if (!scope && policy.suppression_scope != domain::ScopeKind::global)
        scope = sending_domain(report, policy);
    return scope.value_or(domain::Scope{});
}

/// The first reason against acting without a person, or nothing.
std::optional<Hold> reason_to_hold(const domain::FeedbackReport& report, const domain::Policy& policy) {
    const domain::Recipient& recipient = report.recipient;
    if (recipient.conflict)
        return Hold::contradicted;
    if (recipient.status == domain::RecipientStatus::ambiguous && !policy.suppress_ambiguous)
        return Hold::ambiguous;
    if (!is_believed(report, policy))
        return Hold::unverified;
    if (recipient.basis < Basis::own_key && !policy.believe_report_fields)
        return Hold::unconfirmed;
    return std::nullopt;
}

struct Judge {
    const Grounds& grounds;

    domain::Settlement operator()(domain::Unrecognized unrecognized) const {
        domain::Settlement out;
        out.disposition = Disposition::unrecognized;
        out.quarantine = std::move(unrecognized.reason);
        return out;
    }

    domain::Settlement operator()(const domain::Bounce& bounce) const { return judge_bounce(bounce, grounds); }

    domain::Settlement operator()(domain::SupportReply reply) const {
        domain::Settlement out;
        const bool forged = reply.authenticity.verdict == Verdict::forged;
        out.disposition = forged ? Disposition::forged_reply : Disposition::support_reply;
        out.wants_dkim = reply.authenticity.dkim_wanted;
        // A verdict is in force since it was written, which is no later than it came.
        const util::Seconds at = std::min(reply.date.value_or(grounds.received_at), grounds.received_at);
        out.answer = domain::Settlement::Answer{std::move(reply), at};
        return out;
    }

    domain::Settlement operator()(domain::FeedbackReport report) const {
        domain::Settlement out;
        domain::Settlement::Report row;
        row.identity = identity(report);
        // A date in the future is somebody's wrong clock or a lie; one in the past is an archive being read in.
        row.report_date = std::min(report.report_date.value_or(grounds.received_at), grounds.received_at);
        row.report_day = util::day_of(row.report_date);
        row.arrival_day = row.report_day;
        if (report.arrival_date.value)
            row.arrival_day = std::min(row.report_day, util::day_of(*report.arrival_date.value));
        row.scope = scope_of(report, grounds.policy);
        row.sending_domain = name_of(sending_domain(report, grounds.policy));
        row.list = name_of(list_of(report));
        row.campaign = campaign_of(report);
        row.dkim = dkim_of(report);
        out.disposition = decide(report, row);
        if (report.complaint && out.disposition != Disposition::forged_report &&
            out.disposition != Disposition::foreign_report)
            row.counted = std::min(report.incidents, grounds.policy.incidents_cap);
        out.wants_dkim = report.authenticity.dkim_wanted;
        row.report = std::move(report);
        out.report = std::move(row);
        return out;
    }

    /// A token names one mail to one person: whatever report brings it back is the same complaint. The time that goes
    /// before is part of either text.
    static util::Digest identity(const domain::FeedbackReport& report) {
        if (const auto& token = report.recipient.token)
            return util::ordered_digest(static_cast<std::uint32_t>(token->sealed_at), "token",
                                        report.feedback_type + "\n" + token->text);
        const util::Seconds arrival = report.arrival_date.value.value_or(0);
        return util::ordered_digest(static_cast<std::uint32_t>(arrival), "report", report.identity);
    }

    /// Anybody can write a report that says how well our mail is signed.
    std::optional<domain::Settlement::Report::Dkim> dkim_of(const domain::FeedbackReport& report) const {
        const auto from = from_domain(report, grounds.policy);
        if (!from || !report.reported.dkim_passed || report.authenticity.verdict == Verdict::forged ||
            !is_believed(report, grounds.policy))
            return std::nullopt;
        return domain::Settlement::Report::Dkim{
            from->name, std::ranges::any_of(*report.reported.dkim_passed,
                                            [&](const std::string& signer) { return is_within(from->name, signer); })};
    }

    /// Fills in whom it suppresses, or whom it would, and why it does not.
    Disposition decide(const domain::FeedbackReport& report, domain::Settlement::Report& row) const {
        if (report.authenticity.verdict == Verdict::forged)
            return Disposition::forged_report;
        if (is_about_others(report, grounds.own_networks))
            return Disposition::foreign_report;
        if (!report.complaint && !report.unsubscribe)
            return Disposition::not_a_complaint;
        const Fate fate = fate_of(report, row);
        return report.complaint ? fate.complaint : fate.unsubscribe;
    }

    Fate fate_of(const domain::FeedbackReport& report, domain::Settlement::Report& row) const {
        const domain::Recipient& recipient = report.recipient;
        const std::vector<domain::Address>& people =
            recipient.addresses.empty() ? recipient.candidates : recipient.addresses;
        row.attributed = !recipient.addresses.empty() || !recipient.subscribers.empty();
        row.named.assign(people.begin(), people.end());
        for (const domain::Address& address : people)
            if (!is_protected(grounds.policy, address))
                row.suppress.emplace_back(address);
        if (people.empty()) {
            row.named.assign(recipient.subscribers.begin(), recipient.subscribers.end());
            row.suppress = row.named;
        }
        if (row.suppress.empty())
            return row.named.empty() ? unattributed : protected_;
        if (grounds.review == domain::Review::accept)
            return suppressed;
        if (grounds.review == domain::Review::reject) {
            row.suppress.clear();
            return rejected;
        }
        row.hold = reason_to_hold(report, grounds.policy);
        row.pace_per_hour = grounds.policy.pace_per_hour;
        return row.hold ? held : suppressed;
    }
};

} // namespace

domain::Settlement judge(domain::Reading reading, const Grounds& grounds) {
    const std::string kind(kind_text(reading));
    domain::Settlement out = std::visit(Judge{grounds}, std::move(reading.what));
    out.kind = kind;
    out.received_at = grounds.received_at;
    return out;
}

} // namespace jmrp::ingest
