#pragma once
// A child process that is started early, gets ready, and waits for the word.
#include <sys/types.h>

#include <cstdint>
#include <functional>

#include "util/fd.hpp"

namespace jmrp::util {

class Companion {
  public:
    /// Forks at once; the child runs `get_ready`, waits, and runs `work` with the word of go(). Where the caller ends without
    /// go(), the child ends without work. Its standard files are /dev/null: whoever reads our output does not wait for it. No thread
    /// may run and no database may be open in the caller. Without a free process there is no companion, and that is all.
    Companion(const std::function<void()>& get_ready, const std::function<void(std::int64_t)>& work) noexcept;
    /// Lets the child go: it goes on alone if it works, and ends if it still waits for the word.
    ~Companion();
    Companion(const Companion&) = delete;
    Companion& operator=(const Companion&) = delete;

    void go(std::int64_t word) noexcept;
    /// Waits for the child's end, whatever it is, but no longer than that.
    void wait(double seconds) noexcept;

  private:
    pid_t child_ = -1;
    Fd word_;
};

} // namespace jmrp::util
