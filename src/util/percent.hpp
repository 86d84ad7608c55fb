#pragma once
// Values in the paths, queries and forms of HTTP.
#include <string>
#include <string_view>

namespace jmrp::util {

/// All but the unreserved characters of RFC 3986 section 2.3 as %XX, so that a value stays one segment of a path and one value
/// of a query or a form (application/x-www-form-urlencoded).
std::string percent_encode(std::string_view text);
/// The other way, as in queries: "+" is a blank. A "%" that two hexadecimal digits do not follow stays.
std::string percent_decode(std::string_view text);

} // namespace jmrp::util
