#pragma once
// Talk on stderr (spdlog). Nothing of a mail and no address is logged above debug.
#include <string_view>

namespace jmrp::util {

enum class LogLevel { debug, info, warning, error };

void set_log_level(LogLevel level);
void log(LogLevel level, std::string_view text);

} // namespace jmrp::util
