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

namespace {

/// Of a name that stands in a configuration, as a part of a file name.
std::string suffix(std::string_view kind, std::string_view name) {
    if (!domain::is_feed_name(name))
        throw util::Fault(util::FaultKind::configuration, "lock a section", "its name is none that one may have");
    return "." + std::string(kind) + "-" + std::string(name);
}

} // namespace

PollLock::PollLock(const std::filesystem::path& database, std::string_view feed)
    : FileLock(database, suffix("poll", feed), false) {}

ExportLock::ExportLock(const std::filesystem::path& database, std::string_view consumer)
    : FileLock(database, suffix("export", consumer), false) {}

} // namespace jmrp::store
