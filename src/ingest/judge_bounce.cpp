#include "ingest/judge_bounce.hpp"

#include <algorithm>

#include "refusal/kept.hpp"

namespace jmrp::ingest {

namespace {

using domain::BounceProof;
using domain::Disposition;

/// How our mail got there, as far as the send log tells. Where it was handed to somebody else than refused it, the address it
/// left from is not the one that was refused.
refusal::Way way_of(const domain::BouncedRecipient& recipient, std::string_view address) {
    refusal::Way way;
    way.recipient_domain = address.substr(std::min(address.size(), address.rfind('@') + 1));
    if (recipient.sent && domain::from_text<domain::BlockList>(recipient.sent->provider)) {
        way.provider = recipient.sent->provider;
        way.source_ip = recipient.sent->source_ip;
    }
    return way;
}

domain::Bounced row_of(const domain::BouncedRecipient& recipient, const Grounds& grounds) {
    domain::Bounced row;
    const std::string address = recipient.address.value_or("");
    if (const auto known = recipient.written_to ? recipient.written_to : domain::parse_address(address))
        row.address_key = known->key();
    row.action = recipient.action.value_or("");
    row.status = recipient.status.value_or(recipient.rejection->status.value_or(""));
    row.refused = refusal::kept(*recipient.rejection, way_of(recipient, address), grounds.policy.own_domains);
    row.at = std::min(recipient.rejection->at.value_or(grounds.received_at), grounds.received_at);
    row.proof = recipient.proof;
    return row;
}

/// Our own mail server gave up for good, because the mailbox is not there.
bool is_gone(const domain::BouncedRecipient& recipient) {
    const domain::Rejection& rejection = *recipient.rejection;
    const std::string_view said = rejection.status ? std::string_view(*rejection.status) : std::string_view();
    const bool permanent =
        said.starts_with('5') || (said.empty() && recipient.status && recipient.status->starts_with('5'));
    return recipient.action == "failed" && permanent && refusal::says_no_mailbox(rejection);
}

} // namespace

domain::Settlement judge_bounce(const domain::Bounce& bounce, const Grounds& grounds) {
    domain::Settlement out;
    domain::Settlement::Bounce row;
    row.pace_per_hour = grounds.policy.pace_per_hour;
    bool proven = false;
    for (const domain::BouncedRecipient& recipient : bounce.recipients) {
        proven = proven || recipient.proof != BounceProof::none;
        if (!recipient.rejection)
            continue;
        row.recipients.push_back(row_of(recipient, grounds));
        row.recipients.back().ordinal = static_cast<std::int64_t>(row.recipients.size()) - 1;
        const auto& address = recipient.written_to;
        if (grounds.policy.suppress_bounces && address && is_gone(recipient) && !is_protected(grounds.policy, *address))
            row.suppress.emplace_back(*address);
    }
    const bool asks = bounce.returned.message_id || !bounce.returned.queue_ids.empty();
    if (!proven && asks && !row.recipients.empty())
        row.unproven = bounce.returned;
    out.disposition = !proven                ? Disposition::bounce_unverified
                      : row.suppress.empty() ? Disposition::bounce
                                             : Disposition::bounce_suppressed;
    out.bounce = std::move(row);
    return out;
}

} // namespace jmrp::ingest
