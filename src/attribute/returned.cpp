#include "attribute/returned.hpp"

#include <algorithm>

namespace jmrp::attribute {

namespace {

constexpr std::size_t most_queue_ids = 4;

/// Final and original recipient are one where nobody forwards; our mail was sent to the original one.
std::vector<std::string> keys_of(const domain::BouncedRecipient& recipient) {
    std::vector<std::string> out;
    for (const auto& text : {recipient.address, recipient.original_recipient})
        if (text)
            if (const auto address = domain::parse_address(*text))
                out.push_back(address->key());
    return out;
}

bool is_one_of(const std::vector<std::string>& keys, const domain::Address& address) {
    return std::ranges::find(keys, address.key()) != keys.end();
}

} // namespace

std::optional<domain::TokenClaims> token_of(const domain::Bounce& bounce, const mail::Fields& original,
                                            const domain::TokenRules& rules, util::Seconds received_at) {
    if (auto claims = read_tokens(original, "", rules, received_at).claims)
        return claims;
    for (const std::string& sender : bounce.returned.mail_from)
        for (const domain::TokenPurpose purpose : {domain::TokenPurpose::bounce, domain::TokenPurpose::complaint})
            if (OpenedToken opened = open_token(sender, rules, received_at, purpose);
                opened.status == domain::TokenStatus::opened)
                return std::move(opened.claims);
    return std::nullopt;
}

SentKeys sent_keys(const domain::Bounce& bounce, const std::optional<domain::TokenClaims>& token) {
    SentKeys keys;
    keys.message_id = bounce.returned.message_id;
    keys.around = bounce.returned.arrival_date;
    if (token && !token->recipient && !token->id.empty())
        keys.queue_ids.push_back(token->id);
    for (const std::string& queue_id : bounce.returned.queue_ids)
        if (keys.queue_ids.size() < most_queue_ids)
            keys.queue_ids.push_back(queue_id);
    return keys;
}

domain::SentEvidence about_recipients(const domain::Bounce& bounce, domain::SentEvidence sent) {
    std::vector<std::string> keys;
    for (const domain::BouncedRecipient& recipient : bounce.recipients)
        for (std::string& key : keys_of(recipient))
            keys.push_back(std::move(key));
    for (auto* matches : {&sent.by_message_id, &sent.by_queue_id})
        std::erase_if(*matches, [&](const domain::SentMatch& match) { return !is_one_of(keys, match.recipient); });
    return sent;
}

void prove(domain::Bounce& bounce, const std::optional<domain::TokenClaims>& token, const domain::SentEvidence& sent,
           const domain::ReadingRules& rules) {
    using domain::BounceProof;
    std::vector<domain::Address> made_for;
    for (const std::string& sender : bounce.returned.mail_from)
        if (auto address = own_verp_recipient(sender, rules))
            made_for.push_back(std::move(*address));
    for (domain::BouncedRecipient& recipient : bounce.recipients) {
        const std::vector<std::string> keys = keys_of(recipient);
        const auto proves = [&](BounceProof proof, const domain::Address& address) {
            if (!is_one_of(keys, address))
                return false;
            recipient.proof = proof;
            recipient.written_to = address;
            return true;
        };
        for (const domain::Address& address : made_for)
            proves(BounceProof::verp, address);
        for (const auto* matches : {&sent.by_queue_id, &sent.by_message_id})
            for (const domain::SentMatch& match : *matches)
                if (proves(BounceProof::send_log, match.recipient))
                    recipient.sent = match;
        if (token && token->recipient)
            proves(BounceProof::token, *token->recipient);
    }
}

} // namespace jmrp::attribute
