// The best proof of whom a complaint is about: a token of ours in the returned mail.
#include <algorithm>

#include "attribute/rungs.hpp"
#include "attribute/token.hpp"
#include "attribute/token_form.hpp"
#include "domain/names.hpp"

namespace jmrp::attribute {

namespace {

constexpr std::size_t most_opened = 64; ///< in one mail

struct Place {
    std::string field;
    std::string_view value;
};

std::vector<Place> places(const mail::Fields& original, std::string_view original_mail_from,
                          const domain::TokenRules& rules) {
    std::vector<Place> out;
    std::vector<std::string_view> fields = {rules.header,       "CFBL-Feedback-ID", "Feedback-ID",
                                            "List-Unsubscribe", "Message-ID",       "Return-Path"};
    for (const std::string_view field : fields)
        if (!field.empty())
            for (const std::string_view value : original.all(field))
                out.push_back({std::string(field), value});
    if (!original_mail_from.empty())
        out.push_back({"Original-Mail-From", original_mail_from});
    return out;
}

bool disagree(const domain::TokenClaims& a, const domain::TokenClaims& b) {
    if (a.recipient && b.recipient)
        return a.recipient->key() != b.recipient->key();
    return !a.id.empty() && !b.id.empty() && a.id != b.id;
}

std::string named(const domain::TokenClaims& claims) {
    return claims.recipient ? claims.recipient->text() : "id " + claims.id;
}

void take(TokenReading& reading, const Place& place, std::string text, OpenedToken opened) {
    if (!reading.claims) {
        reading.field = place.field;
        reading.why = place.field + " holds our token for " + named(opened.claims);
        reading.claims = std::move(opened.claims);
        reading.names_one_mail = text.starts_with(long_form.marker);
        reading.text = std::move(text);
        reading.key_id = opened.key_id;
    } else if (disagree(*reading.claims, opened.claims)) {
        if (!std::exchange(reading.conflict, true))
            reading.why += ", and " + place.field + " one for " + named(opened.claims);
    } else if (!reading.claims->recipient && opened.claims.recipient) {
        reading.claims->recipient = std::move(opened.claims.recipient);
        reading.why += ", and " + place.field + " one for " + named(*reading.claims);
    }
}

void refuse(TokenReading& reading, const Place& place, domain::TokenStatus status) {
    reading.refused.emplace_back(place.field, status);
    if (reading.claims)
        return;
    reading.field = place.field;
    reading.why = place.field + " holds a token that is refused: " + std::string(domain::to_text(status));
}

} // namespace

TokenReading read_tokens(const mail::Fields& original, std::string_view original_mail_from,
                         const domain::TokenRules& rules, util::Seconds received_at) {
    TokenReading reading;
    reading.why = "no field of the returned mail holds a token";
    std::vector<std::string> seen;
    for (const Place& place : places(original, original_mail_from, rules)) {
        std::optional<domain::TokenStatus> refused; // of this place; what can be understood in two ways may open in one
        bool opened_here = false;
        for (std::string& text : find_tokens(place.value)) {
            if (seen.size() >= most_opened || std::find(seen.begin(), seen.end(), text) != seen.end())
                continue;
            seen.push_back(text);
            OpenedToken opened = open_token(text, rules, received_at);
            if (opened.status == domain::TokenStatus::opened) {
                opened_here = true;
                take(reading, place, std::move(text), std::move(opened));
            } else if (!refused || *refused == domain::TokenStatus::wrong) {
                refused = opened.status;
            }
        }
        if (refused && !opened_here)
            refuse(reading, place, *refused);
    }
    return reading;
}

Finding read_token(const Evidence& evidence) {
    const TokenReading& tokens = evidence.tokens;
    Finding finding;
    finding.basis = domain::Basis::token;
    finding.field = tokens.field;
    finding.why = tokens.why;
    finding.contradictory = tokens.conflict;
    if (!tokens.claims)
        return finding;
    if (tokens.claims->recipient) {
        finding.status = domain::RecipientStatus::known;
        finding.addresses = {*tokens.claims->recipient};
    } else if (evidence.sent.by_queue_id.empty()) {
        // Else the id is that of a message, and the send log has its recipients.
        finding.subscribers = {{"token", tokens.claims->id}};
    }
    return finding;
}

} // namespace jmrp::attribute
