#include "util/supervise.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <new>

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

constexpr std::size_t longest_tale = 16 << 10;

/// A fault's way out of the child: its kind as one byte, then its text.
void tell_fault(int pipe, const Fault& fault) {
    std::string tale(1, static_cast<char>(fault.kind()));
    tale += fault.what();
    write_all(pipe, tale, "what the child process says");
}

int work_and_tell(const std::function<int()>& work, int pipe) noexcept {
    try {
        try {
            return work();
        } catch (const Fault& fault) {
            tell_fault(pipe, fault);
        } catch (const std::bad_alloc&) {
            tell_fault(pipe, Fault(FaultKind::full, "go on", "there is too little memory"));
        } catch (const std::exception& error) {
            tell_fault(pipe, Fault(FaultKind::system, "go on", error.what()));
        }
    } catch (...) {
        return 125;
    }
    return 125;
}

} // namespace

Supervised supervise(const std::function<int()>& work, int most_deaths) {
    Supervised outcome;
    SignalsPassedOn signals;
    while (true) {
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw system_fault("make a pipe", errno);
        Fd hear(ends[0]);
        Fd tell(ends[1]);
        const pid_t parent = ::getpid();
        const pid_t child = ::fork();
        if (child < 0)
            throw system_fault("start a child process", errno);
        if (child == 0) {
            signals.restore();
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::getppid() != parent)
                ::_exit(125);
            hear.reset();
            ::_exit(work_and_tell(work, tell.get()));
        }
        child_to_tell = child;
        tell.reset();
        const BoundedBytes told = read_to_end(hear.get(), longest_tale, "what the child process says");
        int status = 0;
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        child_to_tell = 0;
        if (!WIFSIGNALED(status)) {
            if (!told.bytes.empty())
                throw Fault::retold(static_cast<FaultKind>(told.bytes.front()), told.bytes.substr(1));
            outcome.exit_status = WEXITSTATUS(status);
            outcome.finished = true;
            return outcome;
        }
        if (++outcome.deaths >= most_deaths)
            return outcome;
    }
}

} // namespace jmrp::util
