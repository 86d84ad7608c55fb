// What the logs of our own mail servers say: who got the mail with this Message-ID, or with the queue id that our server
// stamped into its Received field.
#include <algorithm>

#include "attribute/rungs.hpp"
#include "mail/received.hpp"
#include "util/text.hpp"

namespace jmrp::attribute {

namespace {

constexpr std::size_t most_queue_ids = 4;
constexpr util::Seconds day = 86400;
/// Mail servers use short queue ids again: one that left the queue longer ago, or later, is of another mail. RFC 5321 lets
/// a mail wait four to five days.
constexpr util::Seconds longest_in_queue = 6 * day;
/// A log and a receiving server rarely disagree by more, when both tell the moment of the same delivery.
constexpr util::Seconds same_moment = 300;
/// The provider whose feedback loop JMRP is (traffic::provider_of).
constexpr std::string_view consumer_mail = "outlook.com";

bool is_microsoft(domain::Dialect dialect) noexcept {
    return dialect != domain::Dialect::arf;
}

using Matches = std::vector<domain::SentMatch>;

/// The token of a mail to many: it says the queue id, and when that was.
const domain::TokenClaims* token_of_message(const TokenReading& tokens) {
    return tokens.claims && !tokens.claims->recipient && !tokens.claims->id.empty() ? &*tokens.claims : nullptr;
}

/// Those that arrived, and in the time that fits.
Matches delivered(const Matches& matches, const Evidence& evidence, bool only_in_time) {
    const domain::TokenClaims* token = token_of_message(evidence.tokens);
    const util::Seconds arrived = token ? token->sealed_at - same_moment + longest_in_queue // no report is too late
                                        : evidence.report.arrival_date.value.value_or(evidence.received_at);
    Matches out;
    for (const domain::SentMatch& match : matches)
        if (match.status == domain::SentStatus::accepted &&
            (!only_in_time || (match.at <= arrived + day && match.at >= arrived - longest_in_queue)))
            out.push_back(match);
    return out;
}

/// Narrows where that leaves somebody.
template <typename Wanted>
void narrow(Matches& matches, const Wanted& wanted) {
    Matches fewer;
    std::copy_if(matches.begin(), matches.end(), std::back_inserter(fewer), wanted);
    if (!fewer.empty())
        matches = std::move(fewer);
}

std::vector<domain::Address> recipients(const Matches& matches) {
    std::vector<domain::Address> out;
    for (const domain::SentMatch& match : matches)
        if (std::none_of(out.begin(), out.end(),
                         [&](const domain::Address& one) { return one.key() == match.recipient.key(); }))
            out.push_back(match.recipient);
    return out;
}

bool is_among(const domain::SentMatch& match, const Matches& others) {
    return std::any_of(others.begin(), others.end(),
                       [&](const domain::SentMatch& other) { return other.recipient.key() == match.recipient.key(); });
}

} // namespace

SentKeys sent_keys(const domain::FeedbackReport& report, const mail::Fields& original, const TokenReading& tokens,
                   const domain::ReadingRules& rules) {
    SentKeys keys;
    keys.around = report.arrival_date.value;
    if (const domain::TokenClaims* token = token_of_message(tokens)) {
        keys.queue_ids.push_back(token->id);
        keys.around = token->sealed_at;
    }
    keys.message_id = report.reported.message_id;
    for (const std::string_view received : original.all("Received")) {
        const mail::Hop hop = mail::read_received(received);
        if (is_own_domain(hop.by_host, rules.own_domains) && !hop.id.empty() && keys.queue_ids.size() < most_queue_ids)
            keys.queue_ids.emplace_back(hop.id);
    }
    return keys;
}

Finding read_send_log(const Evidence& evidence) {
    Finding finding;
    finding.basis = domain::Basis::own_key;
    const Matches by_queue = delivered(evidence.sent.by_queue_id, evidence, true);
    const Matches by_message = delivered(evidence.sent.by_message_id, evidence, false);
    Matches matches = by_queue.empty() ? by_message : by_queue;
    finding.field = by_queue.empty() ? "Message-ID" : "Received";
    if (matches.empty()) {
        finding.why = evidence.sent.empty() ? "neither its Message-ID nor a queue id of ours is in the send log"
                                            : "the send log knows the mail, but not that anybody received it";
        return finding;
    }
    if (!by_queue.empty() && !by_message.empty()) {
        finding.field = "Received and Message-ID";
        matches.erase(std::remove_if(matches.begin(), matches.end(),
                                     [&](const domain::SentMatch& match) { return !is_among(match, by_message); }),
                      matches.end());
        if (matches.empty()) {
            finding.contradictory = true;
            finding.why = "the queue id and the Message-ID are of different mails of ours";
            return finding;
        }
    }
    if (is_microsoft(evidence.report.dialect))
        narrow(matches, [](const domain::SentMatch& match) { return match.provider == consumer_mail; });
    if (const auto arrived = evidence.report.arrival_date.value)
        narrow(matches, [&](const domain::SentMatch& match) {
            return match.at >= *arrived - same_moment && match.at <= *arrived + same_moment;
        });
    finding.addresses = recipients(matches);
    if (finding.addresses.size() == 1) {
        finding.status = domain::RecipientStatus::known;
        finding.why = finding.field + ": the send log has " + finding.addresses.front().text() + " for it, delivered " +
                      util::iso8601(matches.front().at);
        return finding;
    }
    finding.status = domain::RecipientStatus::ambiguous;
    finding.why = finding.field + ": the mail went to " + std::to_string(finding.addresses.size()) +
                  " recipients that could all have complained";
    return finding;
}

} // namespace jmrp::attribute
