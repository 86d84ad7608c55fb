#include "cli/stop.hpp"

#include <signal.h>

namespace jmrp::cli {

std::atomic<bool> stop_wanted = false;

namespace {

void raise_stop(int) {
    stop_wanted = true;
}

} // namespace

void stop_on_signals() {
    struct sigaction action {};
    action.sa_handler = raise_stop;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

} // namespace jmrp::cli
