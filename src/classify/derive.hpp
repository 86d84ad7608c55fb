#pragma once
// What a report does not say itself is derived from the returned mail: one table a field, in the order of trust. The
// report's own readable field always wins; provenance goes with every value.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"
#include "mail/message.hpp"

namespace jmrp::classify {

/// All that a report is read from. `original` is the header of the complained-of mail as the provider returned it.
struct Evidence {
    const mail::Fields& outer;
    const mail::Fields& report;
    const mail::Fields& original;
    const domain::ReadingRules& rules;
    bool subject_names_ip = false; ///< "complaint about message from 192.0.2.1", the forms before 2026
};

domain::Derived<domain::Ip> derive_source_ip(const Evidence& evidence, std::vector<domain::Defect>& defects);
domain::Derived<util::Seconds> derive_arrival_date(const Evidence& evidence, std::vector<domain::Defect>& defects);
domain::Derived<std::string> derive_original_mail_from(const Evidence& evidence, std::vector<domain::Defect>& defects);

/// Message-ID, From, Subject, Date and List-ID of the returned header.
domain::ReportedMessage read_reported(const mail::Fields& original);

/// Fills what every form of report has in common: the derived fields, the reported message, the report's own date and
/// the identity.
void complete(domain::FeedbackReport& report, const Evidence& evidence, std::string_view original_text,
              std::vector<domain::Defect>& defects);

/// The text without RFC 5322 comments, trimmed.
std::string without_comments(std::string_view text);

/// "<id>" or "id", blanks of a fold inside it taken out; nothing where it is empty.
std::optional<std::string> bare_message_id(std::string_view text);

} // namespace jmrp::classify
