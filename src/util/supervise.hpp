#pragma once
// Runs work in a child process, so that a mail which kills the parser cannot take the caller with it.
#include <functional>

namespace jmrp::util {

struct Supervised {
    int exit_status = 0;   ///< what `work` returned the last time it came to an end
    int deaths = 0;        ///< how often it was killed by a signal before that
    bool finished = false; ///< false: it died `most_deaths` times
};

/// Forks; the child returns `work()` as its exit status (0-125); what `work` throws is thrown here, as a Fault. A child that dies from a signal is started again, up to
/// `most_deaths` times. The child dies with the caller. No thread may run and no database may be open in the caller.
/// SIGINT and SIGTERM are passed on to the child.
Supervised supervise(const std::function<int()>& work, int most_deaths);

} // namespace jmrp::util
