#pragma once
// Small, allocation-aware operations on ASCII text and UTF-8, and one escape function per output medium.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::util {

/// ASCII only: bytes above 127 are left alone.
char lower(char c) noexcept;
std::string lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept;
/// Position of the first match at or after `from`, or npos.
std::size_t find_ignoring_case(std::string_view text, std::string_view needle, std::size_t from = 0) noexcept;
bool contains_ignoring_case(std::string_view text, std::string_view needle) noexcept;

bool is_space(char c) noexcept; ///< blank, tab, CR, LF, VT, FF
bool is_digit(char c) noexcept;
bool is_hex(char c) noexcept;
bool is_alnum(char c) noexcept;
std::string_view trim(std::string_view text) noexcept;
std::vector<std::string_view> split(std::string_view text, char separator);
/// Decimal digits only, no sign, no blanks; nothing on overflow.
std::optional<std::uint64_t> parse_unsigned(std::string_view text) noexcept;

/// Valid UTF-8 as it is; every byte that is not part of it becomes U+FFFD.
std::string to_valid_utf8(std::string_view bytes);

/// For a terminal or a log line: control characters, DEL, C1 and bidirectional overrides are shown as \xHH or \u{HHHH},
/// broken UTF-8 as U+FFFD, at most `limit` bytes of input are looked at ("…" marks the cut).
std::string for_terminal(std::string_view bytes, std::size_t limit = 200);
/// One CSV field (RFC 4180). `neutralize` puts an apostrophe before what a spreadsheet would take for a formula.
std::string for_csv(std::string_view bytes, bool neutralize);

/// The candidate with the smallest edit distance, if it is near enough to be what was meant.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

} // namespace jmrp::util
