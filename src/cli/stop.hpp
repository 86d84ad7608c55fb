#pragma once
#include <atomic>

namespace jmrp::cli {

/// Raised by SIGINT and SIGTERM: long work ends after the batch under way.
extern std::atomic<bool> stop_wanted;
void stop_on_signals();

} // namespace jmrp::cli
