#include "cli/secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/run_program.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

constexpr std::size_t most_bytes = std::size_t{64} << 10U; // an access token has a few thousand
constexpr int most_milliseconds = 30'000;

/// Nothing where there is no such line, or it could not be said to a server.
std::string first_line(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    const bool can_be_said = std::ranges::none_of(text, [](char c) { return c == '\0' || c == '\r'; });
    return can_be_said ? std::string(text) : std::string();
}

std::string from_file(const std::filesystem::path& file) {
    const std::string attempted = "read the secret in " + file.string();
    // O_NONBLOCK: a FIFO that nobody writes would wait forever.
    const util::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat found {};
    if (!fd || ::fstat(fd.get(), &found) != 0)
        throw util::system_fault(attempted, errno);
    if (!S_ISREG(found.st_mode))
        throw Fault(FaultKind::configuration, attempted, "it is no regular file");
    if (const char* why = why_open(found.st_mode))
        throw Fault(FaultKind::permission, attempted, why, "chmod o-rwx,g-w " + file.string());
    std::string secret = first_line(util::read_to_end(fd.get(), most_bytes, file.string()).bytes);
    if (secret.empty())
        throw Fault(FaultKind::configuration, attempted, "its first line holds none");
    return secret;
}

std::string from_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    std::string secret = value ? first_line(value) : std::string();
    if (secret.empty())
        throw Fault(FaultKind::configuration, "read the secret in the environment variable " + name,
                    value ? "it is empty" : "it is not set");
    return secret;
}

std::string from_command(const std::vector<std::string>& words) {
    const std::string attempted = "get the secret from " + words.front();
    const auto ran = util::run_program(words.front(), {words.begin() + 1, words.end()}, most_milliseconds, most_bytes,
                                       util::Surroundings::ours);
    const std::string hint = "run it by hand as this user, with its arguments, to see what it says";
    // Others may put it right meanwhile, such as the server that a token is asked of.
    if (!ran)
        throw Fault(FaultKind::busy, attempted, "it cannot be run, was killed, or did not end within 30 seconds", hint);
    if (ran->exit_status != 0)
        throw Fault(FaultKind::busy, attempted, "it ended with status " + std::to_string(ran->exit_status), hint);
    std::string secret = first_line(ran->output);
    if (secret.empty())
        throw Fault(FaultKind::busy, attempted, "it printed none in its first line", hint);
    return secret;
}

} // namespace

const char* why_open(unsigned mode) noexcept {
    constexpr std::pair<unsigned, const char*> bits[] = {
        {S_IROTH, "everybody may read it"}, {S_IWOTH, "everybody may write it"}, {S_IWGRP, "its group may write it"}};
    for (const auto& [bit, why] : bits)
        if ((mode & bit) != 0)
            return why;
    return nullptr;
}

std::string read_secret(const domain::SecretSource& source) {
    if (!source.file.empty())
        return from_file(source.file);
    if (!source.command.empty())
        return from_command(source.command);
    return from_environment(source.environment);
}

} // namespace jmrp::cli
