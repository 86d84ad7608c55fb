#pragma once
// What an answer of Microsoft's sender support says, section by section (blocks.md section 5).
#include <string>
#include <string_view>
#include <vector>

#include "domain/mitigation.hpp"
#include "mail/message.hpp"

namespace jmrp::classify {

/// The lines that the sender wrote himself, trimmed: quoted lines are left out, and nothing is read behind the mark of a
/// quoted thread. Of the first text part.
std::vector<std::string> newest_lines(const mail::Part& message);

/// The findings in the order of the text, each outcome once; never none. Where sections cannot be told apart, all of the
/// text is one, and of several verdicts in it the worst holds.
std::vector<domain::MitigationFinding> read_findings(const std::vector<std::string>& lines);

/// How many of the sentences of such answers stand in the lines.
std::size_t count_sentences(const std::vector<std::string>& lines);

} // namespace jmrp::classify
