#include "util/supervise.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>

#include "util/fault.hpp"
#include "util/fd.hpp"

namespace jmrp::util {

namespace {

volatile sig_atomic_t child_to_tell = 0;

void pass_on(int signal) {
    if (child_to_tell > 0)
        ::kill(static_cast<pid_t>(child_to_tell), signal);
}

class SignalsPassedOn {
  public:
    SignalsPassedOn() {
        struct sigaction action {};
        action.sa_handler = pass_on;
        sigaction(SIGINT, &action, &interrupt_);
        sigaction(SIGTERM, &action, &terminate_);
    }
    ~SignalsPassedOn() { restore(); }
    SignalsPassedOn(const SignalsPassedOn&) = delete;
    SignalsPassedOn& operator=(const SignalsPassedOn&) = delete;
    void restore() {
        sigaction(SIGINT, &interrupt_, nullptr);
        sigaction(SIGTERM, &terminate_, nullptr);
    }

  private:
    struct sigaction interrupt_ {};
    struct sigaction terminate_ {};
};

/// True when the child ended in time. Without pidfd_open (an old kernel) the wait has no bound.
bool wait_at_most(pid_t child, double seconds) {
    const Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    if (!fd)
        return true;
    pollfd wanted{fd.get(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::ceil(seconds * 1000)));
    return ready != 0;
}

} // namespace

Supervised supervise(const std::function<int()>& work, int most_deaths, double wait_seconds) {
    Supervised outcome;
    SignalsPassedOn signals;
    while (true) {
        const pid_t parent = ::getpid();
        const pid_t child = ::fork();
        if (child < 0)
            throw system_fault("start a child process", errno);
        if (child == 0) {
            signals.restore();
            if (wait_seconds <= 0) { // a child that may outlive the caller must not die with it
                ::prctl(PR_SET_PDEATHSIG, SIGKILL);
                if (::getppid() != parent)
                    ::_exit(125);
            }
            int status = 125;
            try {
                status = work();
            } catch (...) {
                status = 125;
            }
            ::_exit(status);
        }
        child_to_tell = child;
        if (wait_seconds > 0 && !wait_at_most(child, wait_seconds)) {
            child_to_tell = 0;
            return outcome;
        }
        int status = 0;
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        child_to_tell = 0;
        if (!WIFSIGNALED(status)) {
            outcome.exit_status = WEXITSTATUS(status);
            outcome.finished = true;
            return outcome;
        }
        if (++outcome.deaths >= most_deaths)
            return outcome;
    }
}

} // namespace jmrp::util
