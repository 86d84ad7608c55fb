#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace jmrp::refusal {

/// What wordings are compared in, whatever a mail server did to the text: HTML unescaped, typographic apostrophes made "'",
/// lower case, and no white space at all, for servers fold in the middle of words. Of a reply of several lines ("550-5.7.1
/// first", "550 5.7.1 second") the codes that only repeat are left out. No more than `limit` bytes of the text are read.
std::string normalized(std::string_view text, std::size_t limit = 4096);

/// The same without addresses and links: their letters are no words of the server.
std::string normalized_words(std::string_view text, std::size_t limit = 4096);

} // namespace jmrp::refusal
