#pragma once
// May a report be believed? One rule a file; the table in authenticate.cpp says which of them may decide what.
#include <vector>

#include "domain/authenticity.hpp"
#include "domain/ip.hpp"
#include "domain/reading.hpp"
#include "mail/message.hpp"

namespace jmrp::authenticate {

/// `outer` is the header of the report itself, never that of a part or of the returned mail; `own_token` says whether the
/// returned mail carries a valid token of ours; `dkim` is null where the signatures were not checked. Pure.
/// The verdict: authentic where our own check of an aligned signature passed; else forged where our border says that a From
/// of a reporter is false; else authentic where the border's results or a secret address speak for it; else unverified. A
/// token never makes a report authentic: it says that the mail was ours, not that anybody complained.
domain::Authenticity authenticate(const mail::Fields& outer, const domain::FeedbackReport& report, bool own_token,
                                  const domain::AuthenticityRules& rules,
                                  const std::vector<domain::Network>& own_networks, const domain::DkimFinding* dkim);

/// The same of an answer of sender support, where `senders` (domain::ReadingRules::support_senders) stand in for the reporters:
/// what our border says, and our own check of its signatures.
domain::Authenticity authenticate_answer(const mail::Fields& outer, const std::vector<std::string>& senders,
                                         const domain::AuthenticityRules& rules, const domain::DkimFinding* dkim);

} // namespace jmrp::authenticate
