#pragma once
// The one reader of header lines, for whole messages, MIME parts and header-like bodies alike.
#include <string_view>
#include <vector>

#include "mail/message.hpp"

namespace jmrp::mail {

enum class HeaderOf {
    message, ///< blank lines and stray lines before the first field are passed over
    part     ///< whatever does not begin with a field has no header: all of it is the body
};

struct HeaderBlock {
    Fields fields;
    std::string_view body; ///< what follows the blank line; a view into the text
};

HeaderBlock read_header_block(std::string_view text, HeaderOf kind, const domain::Limits& limits,
                              std::vector<domain::Defect>& defects);

/// Adds a defect, unless one of that code is there already: a mail of a million broken lines has one defect, not a
/// million.
void note(std::vector<domain::Defect>& defects, std::string_view code, std::string_view detail = {});

} // namespace jmrp::mail
