#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace jmrp::domain {

/// A Message-ID as it is compared: what stands between the first angle brackets, or all of it where there are none, without
/// white space (a folded field). Nothing where that is empty.
std::optional<std::string> bare_message_id(std::string_view text);

} // namespace jmrp::domain
