#include "network/patience.hpp"

#include <algorithm>
#include <thread>

#include "cli/stop.hpp"
#include "util/fault.hpp"

namespace jmrp::network {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds first_pause{1};
constexpr std::chrono::seconds longest_pause{300};

} // namespace

void Patience::begin() {
    pause_ = first_pause;
}

void Patience::wait(std::chrono::seconds asked_for, const std::string& why) {
    const std::chrono::seconds pause = std::max(pause_, asked_for);
    if (pause > left_)
        throw util::Fault(util::FaultKind::network, attempted_, why,
                          "the next run goes on from here; patience_seconds says how long one run tries");
    left_ -= pause;
    pause_ = std::min(2 * pause, longest_pause);
    rest_until(Clock::now() + pause);
}

void rest_until(Clock::time_point until) {
    constexpr std::chrono::milliseconds look_up{100};
    while (Clock::now() < until) {
        if (cli::stop_wanted)
            throw util::Fault(util::FaultKind::busy, "go on", "it was told to stop");
        std::this_thread::sleep_for(std::min<Clock::duration>(look_up, until - Clock::now()));
    }
}

} // namespace jmrp::network
