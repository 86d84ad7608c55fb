#pragma once

namespace jmrp::cli {

inline constexpr const char* version = JMRP_VERSION;

} // namespace jmrp::cli
