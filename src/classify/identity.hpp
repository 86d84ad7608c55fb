#pragma once
#include <string>
#include <string_view>

#include "classify/derive.hpp"

namespace jmrp::classify {

/// The canonical text of a report (FeedbackReport::identity): one "name: value" a line, blanks made equal, trace fields
/// of the route left out. It holds what only the provider and the complaining mailbox decide together, so that nobody
/// who knows one of our mails can write a report that makes the real one look like its copy: the report's own
/// Message-ID, every field of its feedback-report part, the reported Message-ID, what names the recipient, the arrival.
/// Where a Message-ID is missing the whole returned header and `original_text` stand in for it.
std::string identity_of(const domain::FeedbackReport& report, const Evidence& evidence, std::string_view original_text);

} // namespace jmrp::classify
