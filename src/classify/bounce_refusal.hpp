#pragma once
// Why a bounce's recipients were refused.
#include "classify/bounce_notice.hpp"
#include "classify/bounce_text.hpp"
#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"

namespace jmrp::classify {

/// Fills in the rejection of each recipient whose mail was not handed on. The Diagnostic-Code is asked first, then what the
/// text says about the recipient, and where there is only one, all of the text. `date`: the bounce's own, for want of better.
void read_refusals(std::vector<domain::BouncedRecipient>& recipients, const Notice& notice, const NoticeText& text,
                   std::optional<util::Seconds> date, const domain::ReadingRules& rules);

} // namespace jmrp::classify
