#include "util/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "util/fd.hpp"

namespace jmrp::util {

namespace {

using Clock = std::chrono::steady_clock;

class Actions {
  public:
    Actions() { posix_spawn_file_actions_init(&actions_); }
    ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    posix_spawn_file_actions_t* get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
  public:
    Attributes() { posix_spawnattr_init(&attributes_); }
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    posix_spawnattr_t* get() { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

/// What a name without a slash stands for; cron does not look into the folders of administrators.
std::filesystem::path found(const std::filesystem::path& program) {
    if (!program.has_parent_path())
        for (const char* folder : {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"})
            if (auto path = std::filesystem::path(folder) / program; ::access(path.c_str(), X_OK) == 0)
                return path;
    return program;
}

/// In memory, to be read from its beginning: no pipe that fills up while the other side waits. Nothing where that fails.
Fd file_of(std::string_view bytes) {
    Fd file(::memfd_create("input", MFD_CLOEXEC));
    while (file && !bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written > 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return {};
    }
    return file && ::lseek(file.get(), 0, SEEK_SET) == 0 ? std::move(file) : Fd();
}

/// 0: not started. Input -1: none.
pid_t start(const std::filesystem::path& program, const std::vector<std::string>& arguments, int input, int output,
            Surroundings surroundings) {
    Actions actions;
    if (input >= 0)
        posix_spawn_file_actions_adddup2(actions.get(), input, STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(actions.get(), output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(actions.get(), STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    Attributes attributes;
    sigset_t defaults;
    sigfillset(&defaults);
    posix_spawnattr_setsigdefault(attributes.get(), &defaults);
    posix_spawnattr_setpgroup(attributes.get(), 0);
    posix_spawnattr_setflags(attributes.get(), POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    std::string language = "LC_ALL=C";
    char* clean[] = {path.data(), language.data(), nullptr};
    char** environment = surroundings == Surroundings::ours ? environ : clean;
    pid_t pid = 0;
    return ::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(), argv.data(), environment) == 0 ? pid
                                                                                                                : 0;
}

int milliseconds_to(Clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

/// False where it says too much or goes on for too long.
bool read_output(int fd, Clock::time_point end, std::size_t most_bytes, std::string& output) {
    char buffer[4096];
    for (;;) {
        pollfd waiting{fd, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, milliseconds_to(end));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        output.append(buffer, static_cast<std::size_t>(got));
        if (output.size() > most_bytes)
            return false;
    }
}

/// Its wait status, or nothing where it has not ended by then.
std::optional<int> wait_for(pid_t pid, Clock::time_point end) {
    int status = 0;
    for (;;) {
        const pid_t ended = ::waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        if ((ended < 0 && errno != EINTR) || Clock::now() >= end)
            return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

} // namespace

std::optional<Ran> run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                               int most_milliseconds, std::size_t most_bytes, Surroundings surroundings,
                               std::string_view input) {
    const Fd told = input.empty() ? Fd() : file_of(input);
    if (!input.empty() && !told)
        return std::nullopt;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return std::nullopt;
    const Fd reading(ends[0]);
    Fd writing(ends[1]);
    const auto end = Clock::now() + std::chrono::milliseconds(most_milliseconds);
    const pid_t pid = start(found(program), arguments, told ? told.get() : -1, writing.get(), surroundings);
    writing.reset();
    if (pid == 0)
        return std::nullopt;
    Ran out;
    if (read_output(reading.get(), end, most_bytes, out.output))
        if (const auto status = wait_for(pid, end)) {
            if (!WIFEXITED(*status))
                return std::nullopt;
            out.exit_status = WEXITSTATUS(*status);
            return out;
        }
    ::kill(-pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return std::nullopt;
}

} // namespace jmrp::util
