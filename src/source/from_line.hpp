#pragma once
// The "From " line: in front of a message in an mbox, and in front of what Postfix, Sendmail and Exim write into an
// alias pipe.
#include <cstddef>
#include <string_view>

namespace jmrp::source {

/// No line longer than this (its end not counted) is taken for a From_ line.
inline constexpr std::size_t longest_from_line = 1024;

/// Begins "From ", and is not the header field "From :" of old mails.
bool begins_like_from_line(std::string_view text) noexcept;

/// "From SENDER DATE" as a whole, without line end: a sender (absent, one word, or words the last of which holds an @)
/// and then nothing but a date with day, month, year and time of day in any order, zones and "remote from HOST".
bool is_from_line(std::string_view line) noexcept;

/// Bytes of the leading From_ line with its line end, 0 where there is none. For the first line of a container, where
/// no date is asked for.
std::size_t leading_from_line(std::string_view text) noexcept;

/// `line` without its LF or CRLF.
std::string_view without_line_end(std::string_view line) noexcept;

} // namespace jmrp::source
