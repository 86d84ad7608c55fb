#pragma once
#include <string>
#include <string_view>

namespace jmrp::mail {

/// A field's text with its encoded words (RFC 2047) decoded to UTF-8. What stands there may hold any character.
std::string decode_words(std::string_view value);

} // namespace jmrp::mail
