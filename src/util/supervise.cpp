#include "util/supervise.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "util/fault.hpp"

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

} // namespace

Supervised supervise(const std::function<int()>& work, int most_deaths) {
    Supervised outcome;
    SignalsPassedOn signals;
    while (true) {
        const pid_t parent = ::getpid();
        const pid_t child = ::fork();
        if (child < 0)
            throw system_fault("start a child process", errno);
        if (child == 0) {
            signals.restore();
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::getppid() != parent)
                ::_exit(125);
            int status = 125;
            try {
                status = work();
            } catch (...) {
                status = 125;
            }
            ::_exit(status);
        }
        child_to_tell = child;
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
