#pragma once
// Tokens: what we write into our mail, sealed, and find again in the returned mail. Two forms:
//   long   "jt1" + base64url, for header fields, URIs and the local part of a Message-ID; keeps its case
//   short  "js1" + base32, for return paths, which some receivers write in capitals; at most `short_token_chars`
// Both are known by their first three characters wherever they stand.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/token.hpp"
#include "mail/message.hpp"

namespace jmrp::attribute {

/// Fits with a prefix of two characters such as "b+" into a local part of 64 octets (RFC 5321 section 4.5.3.1.1).
inline constexpr std::size_t short_token_chars = 62;

/// Two seals of the same claims differ and tell nothing but their length. Throws Fault(usage) where the claims say neither
/// recipient nor id, or are too long for a header line.
std::string seal_token(const util::Key& key, const domain::TokenClaims& claims,
                       domain::TokenPurpose purpose = domain::TokenPurpose::complaint,
                       const util::SealNonce& nonce = util::random_nonce());

/// Says the recipient, or the id where there is no recipient; list and campaign are left out, the time is the day. Equal on
/// the same day. Throws Fault(usage) where that does not fit.
std::string seal_short_token(const util::Key& key, const domain::TokenClaims& claims,
                             domain::TokenPurpose purpose = domain::TokenPurpose::complaint);

struct OpenedToken {
    domain::TokenStatus status = domain::TokenStatus::wrong;
    unsigned key_id =
        0; ///< what the token says, 0 where it is none; proven by `opened`, `retired_key` and `expired` only
    domain::TokenClaims claims; ///< for those three too
};

/// Opens the first token in a text that came through mail systems: folded, percent-encoded, quoted-printable, encoded words,
/// something before and after it. `now` is when the report came. Throws Fault only where the key file cannot be read.
OpenedToken open_token(std::string_view text, const domain::TokenRules& rules, util::Seconds now,
                       domain::TokenPurpose purpose = domain::TokenPurpose::complaint);

/// What looks like a token in a text, as it was sealed, undamaged or not. A text that can be understood in two ways gives both. At
/// most `most_candidates`.
std::vector<std::string> find_tokens(std::string_view text);
inline constexpr std::size_t most_candidates = 16;

struct TokenReading {
    std::optional<domain::TokenClaims> claims; ///< of the first token that opened
    std::string field;                         ///< where that was, or where the last refused one was
    std::string text;                          ///< the token, as it was sealed
    unsigned key_id = 0;
    /// It has a nonce of its own, so the same text is the same mail. A short one is equal for all mails of a day.
    bool names_one_mail = false;
    bool conflict = false;                                            ///< another valid token is about somebody else
    std::vector<std::pair<std::string, domain::TokenStatus>> refused; ///< field, why
    std::string why;                                                  ///< one sentence
};

/// Looks for tokens in the header of the reported mail: the field of ours, CFBL-Feedback-ID (RFC 9477), Feedback-ID,
/// List-Unsubscribe (RFC 8058; decoded, never fetched), Message-ID, then the return path. `original_mail_from` is what
/// the report says of it, or "". Throws Fault only where there is a token and the key file cannot be read.
TokenReading read_tokens(const mail::Fields& original, std::string_view original_mail_from,
                         const domain::TokenRules& rules, util::Seconds received_at);

} // namespace jmrp::attribute
