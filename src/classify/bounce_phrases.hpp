#pragma once
// The words by which mail systems say that a mail did not arrive. Every table grows by one line.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mail/message.hpp"

namespace jmrp::classify {

/// From, Sender or Return-Path is a mail system's ("MAILER-DAEMON <>", "Mail Delivery Subsystem <...>", an empty From).
bool from_mail_system(const mail::Fields& header);
/// The envelope sender is "<>", as RFC 5321 section 6.1 asks of a bounce. Nothing is said by a missing Return-Path.
bool from_null_sender(const mail::Fields& header);
/// The subject of a bounce; an answer ("Re: ...") has none.
bool failure_subject(const mail::Fields& header);
/// Out-of-office notes and other answers of a person's mailbox. "Auto-Submitted: auto-replied" does not make one: Exim
/// and Exchange write it into their bounces.
bool automatic_answer(const mail::Fields& header);

/// Text in one spelling for looking up phrases: lower case, runs of blanks and line ends are one blank. `origin[i]` is
/// where letter i stands in the text it was made from.
struct Flattened {
    std::string text;
    std::vector<std::size_t> origin;
};
Flattened flatten(std::string_view text);

/// Where the phrases stand after which the failed addresses follow: offsets of their ends in the original text,
/// ascending.
std::vector<std::size_t> find_recipient_anchors(const Flattened& text);
/// One of the phrases that are written about undelivered mail only.
bool has_failure_phrase(const Flattened& text);
/// The mail system goes on trying.
bool has_delay_phrase(const Flattened& text);
/// The line after which the returned mail follows ("--- Below this line is a copy of the message.").
bool introduces_original(std::string_view line);

} // namespace jmrp::classify
