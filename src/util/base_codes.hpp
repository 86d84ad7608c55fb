#pragma once
// Bytes as text (RFC 4648): base64url without padding for tokens, base32 where letters change their case on the way, base64 as
// mails hold it.
#include <optional>
#include <string>
#include <string_view>

namespace jmrp::util {

std::string base64url(std::string_view bytes);
/// Strict: no padding, no other characters, bits that stand for nothing are zero; so one text stands for one value.
std::optional<std::string> from_base64url(std::string_view text);

std::string base64(std::string_view bytes); ///< with padding
/// Padding may be missing, white space is skipped.
std::optional<std::string> from_base64(std::string_view text);

std::string base32(std::string_view bytes); ///< lower case, without padding
/// Any case; otherwise as strict as from_base64url().
std::optional<std::string> from_base32(std::string_view text);

/// Value of a hexadecimal digit, or -1.
int hex_value(char c) noexcept;

} // namespace jmrp::util
