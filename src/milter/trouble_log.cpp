#include "milter/trouble_log.hpp"

namespace jmrp::milter {

void TroubleLog::bad(std::string_view subject, std::string_view why, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    State& state = states_[std::string(subject)];
    state.bad = true;
    ++state.untold;
    if (state.told != Clock::time_point{} && now - state.told < pause_)
        return;
    say_(std::string(subject) + ": " + std::string(why) + " (" + std::to_string(state.untold) + " message(s))");
    state.told = now;
    state.untold = 0;
}

void TroubleLog::good(std::string_view subject) {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find(subject);
    if (found == states_.end() || !found->second.bad)
        return;
    State& state = found->second;
    say_(std::string(subject) + ": well again" +
         (state.untold > 0 ? " (" + std::to_string(state.untold) + " more message(s) before that)" : ""));
    state.bad = false; // `told` stays: trouble that comes and goes is told once a minute as well
    state.untold = 0;
}

} // namespace jmrp::milter
