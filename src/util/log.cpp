#include "util/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "util/text.hpp"

namespace jmrp::util {

namespace {

spdlog::logger& logger() {
    static spdlog::logger instance = [] { // started at the first line: most deliveries never log
        spdlog::logger made("jmrp", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made.set_pattern("jmrp: %l: %v");
        made.set_level(spdlog::level::trace);
        return made;
    }();
    return instance;
}

LogLevel least = LogLevel::warning;

} // namespace

void set_log_level(LogLevel level) {
    least = level;
}

void log(LogLevel level, std::string_view text) {
    if (level < least)
        return;
    static constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info,
                                                           spdlog::level::warn, spdlog::level::err};
    logger().log(levels[static_cast<std::size_t>(level)], "{}", for_terminal(text, 2000));
}

} // namespace jmrp::util
