#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace jmrp::milter {

/// Says what is wrong at once, then at most once a minute with how many messages it concerned, and when it is over. Safe to
/// call from many threads.
class TroubleLog {
  public:
    using Clock = std::chrono::steady_clock;
    using Say = std::function<void(std::string_view line)>;
    explicit TroubleLog(Say say, std::chrono::seconds pause = std::chrono::seconds(60))
        : say_(std::move(say)), pause_(pause) {}

    /// `subject` is what has the trouble, such as "the keys".
    void bad(std::string_view subject, std::string_view why, Clock::time_point now = Clock::now());
    void good(std::string_view subject);

  private:
    struct State {
        bool bad = false;
        std::uint64_t untold = 0;
        Clock::time_point told{};
    };
    Say say_;
    std::chrono::seconds pause_;
    std::mutex mutex_;
    std::map<std::string, State, std::less<>> states_;
};

} // namespace jmrp::milter
