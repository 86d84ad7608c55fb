#include "source/one_message.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "source/from_line.hpp"
#include "util/fault.hpp"

namespace jmrp::source {

domain::RawMessage read_message(int fd, std::size_t message_limit, std::string origin) {
    domain::RawMessage message;
    // The limit is for the message: room for the From_ line comes on top, and what of it is not needed is cut off
    // again.
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    constexpr std::size_t extra = longest_from_line + 2;
    util::BoundedBytes read =
        util::read_to_end(fd, message_limit > most - extra ? most : message_limit + extra, origin);
    message.bytes = std::move(read.bytes);
    message.truncated = read.truncated;
    if (const std::size_t line = leading_from_line(message.bytes); line > 0) {
        message.envelope = without_line_end(std::string_view(message.bytes).substr(0, line));
        message.bytes.erase(0, line);
    }
    if (message.bytes.size() > message_limit) {
        message.bytes.resize(message_limit);
        message.truncated = true;
    }
    message.origin = std::move(origin);
    return message;
}

util::Fd open_entry(int directory, const std::string& name, bool follow, const std::string& origin) {
    util::Fd fd(
        ::openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW)));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0)
        throw util::system_fault("open " + origin, errno);
    if (!S_ISREG(status.st_mode))
        throw util::Fault(util::FaultKind::damaged, "read " + origin, "it is no regular file");
    return fd;
}

} // namespace jmrp::source
