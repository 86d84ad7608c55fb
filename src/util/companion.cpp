#include "util/companion.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstring>

namespace jmrp::util {

namespace {

void silence_standard_files() {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2 && null >= 0; ++fd)
        ::dup2(null, fd);
}

[[noreturn]] void live(int word, const std::function<void()>& get_ready,
                       const std::function<void(std::int64_t)>& work) noexcept {
    int status = 1;
    try {
        silence_standard_files();
        get_ready();
        char bytes[sizeof(std::int64_t)];
        if (read_some(word, bytes, sizeof bytes, "the word") == sizeof bytes) { // a pipe keeps so little together
            std::int64_t said = 0;
            std::memcpy(&said, bytes, sizeof bytes);
            work(said);
        }
        status = 0;
    } catch (...) {
        status = 1;
    }
    ::_exit(status);
}

} // namespace

Companion::Companion(const std::function<void()>& get_ready, const std::function<void(std::int64_t)>& work) noexcept {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return;
    Fd listening(ends[0]);
    word_.reset(ends[1]);
    child_ = ::fork();
    if (child_ == 0) {
        word_.reset();
        live(listening.get(), get_ready, work);
    }
}

Companion::~Companion() = default; // closing our end of the pipe is the word to stop waiting

void Companion::go(std::int64_t word) noexcept {
    if (child_ > 0)
        static_cast<void>(::write(word_.get(), &word, sizeof word));
}

void Companion::wait(double seconds) noexcept {
    if (child_ <= 0)
        return;
    const Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, child_, 0)));
    pollfd wanted{fd.get(), POLLIN, 0};
    if (fd)
        static_cast<void>(::poll(&wanted, 1, static_cast<int>(std::ceil(seconds * 1000))));
    static_cast<void>(::waitpid(child_, nullptr, WNOHANG));
}

} // namespace jmrp::util
