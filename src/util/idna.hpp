#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace jmrp::util {

/// A domain as lower-case A-labels (IDNA 2008, transitional off). Nothing when it is no domain name.
std::optional<std::string> domain_to_ascii(std::string_view domain);

} // namespace jmrp::util
