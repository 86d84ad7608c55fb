#pragma once
#include <string>
#include <string_view>

namespace jmrp::util {

std::string compress(std::string_view bytes); ///< one zstd frame
/// Throws Fault(damaged); `limit` bounds what a hostile frame can unpack to.
std::string decompress(std::string_view frame, std::size_t limit);

} // namespace jmrp::util
