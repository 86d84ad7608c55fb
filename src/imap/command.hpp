#pragma once
// What we say to an IMAP server (RFC 3501 section 6). Pure.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace jmrp::imap {

/// A quoted string of what to_modified_utf7() gave.
std::string quoted_string(std::string_view text);

/// "1:3,7" for ascending numbers without repetition, of which there is one at least.
std::string sequence_set(std::span<const std::uint32_t> numbers);

/// "\Flagged" or another flag of RFC 3501, or a keyword such as "$Jmrp": what may stand in a command as it is.
bool is_flag(std::string_view text);
/// What SEARCH calls a message without that flag.
std::string without_flag(std::string_view flag);

} // namespace jmrp::imap
