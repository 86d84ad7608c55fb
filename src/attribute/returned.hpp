#pragma once
// Is the mail that a bounce returns ours, and did it go to the recipient that the bounce names? Anybody can write a bounce.
#include <optional>
#include <string_view>

#include "attribute/rungs.hpp"
#include "attribute/token.hpp"
#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"
#include "domain/sent.hpp"

namespace jmrp::attribute {

/// A token of ours in the header of the returned mail, or in the address that the bounce was sent to. Throws Fault only where
/// there is a token and the key file cannot be read.
std::optional<domain::TokenClaims> token_of(const domain::Bounce& bounce, const mail::Fields& original,
                                            const domain::TokenRules& rules, util::Seconds received_at);

/// What to ask the send log about the returned mail.
SentKeys sent_keys(const domain::Bounce& bounce, const std::optional<domain::TokenClaims>& token);

/// Of what the send log said, what is about somebody whom the bounce names.
domain::SentEvidence about_recipients(const domain::Bounce& bounce, domain::SentEvidence sent);

/// Fills in what proves each recipient: the strongest proof there is.
void prove(domain::Bounce& bounce, const std::optional<domain::TokenClaims>& token, const domain::SentEvidence& sent,
           const domain::ReadingRules& rules);

/// Whom a return path of ours was made for. Nothing where it is in none of the own domains, or none are configured.
std::optional<domain::Address> own_verp_recipient(std::string_view sender, const domain::ReadingRules& rules);

} // namespace jmrp::attribute
