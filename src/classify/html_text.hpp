#pragma once
#include <string>
#include <string_view>

namespace jmrp::classify {

/// Good enough to find addresses, replies and sentences: tags that stand inside a line go, others become line ends; style
/// sheets go with what they hold.
std::string text_of_html(std::string_view html);

} // namespace jmrp::classify
