#include "store/locks.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <string>

#include "domain/feed.hpp"
#include "util/fault.hpp"

namespace jmrp::store {

FileLock::FileLock(const std::filesystem::path& database, std::string_view suffix, bool wait) {
    const std::string path = database.string() + std::string(suffix);
    util::Fd fd = util::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    util::give_to_owner_of_folder(fd.get(), std::filesystem::absolute(database).parent_path());
    while (::flock(fd.get(), LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
        if (errno == EWOULDBLOCK)
            return;
        if (errno != EINTR)
            throw util::system_fault("lock " + path, errno);
    }
    fd_ = std::move(fd);
}

PollLock::PollLock(const std::filesystem::path& database, std::string_view feed)
    : FileLock(database,
               domain::is_feed_name(feed) ? ".poll-" + std::string(feed)
                                          : throw util::Fault(util::FaultKind::configuration, "lock a feed",
                                                              "its name is none that a feed may have"),
               false) {}

} // namespace jmrp::store
