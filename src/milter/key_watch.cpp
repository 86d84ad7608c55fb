#include "milter/key_watch.hpp"

#include <chrono>

#include "util/fault.hpp"

namespace jmrp::milter {

namespace {

util::Seconds steady_second() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

bool same(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

} // namespace

KeyWatch::Mark KeyWatch::look() const {
    struct stat found {};
    if (::stat(file_.c_str(), &found) != 0)
        return {};
    return {true, found.st_dev, found.st_ino, found.st_size, found.st_mtim, found.st_ctim};
}

void KeyWatch::read() {
    try {
        util::Keyring ring = util::read_keyring(file_);
        if (ring.current())
            current_ = {std::make_shared<const util::KeyFile>(std::move(ring)), ""};
        else
            current_ = {nullptr,
                        "there is no key to seal with in " + file_.string() + "; 'jmrp token key new' makes one"};
    } catch (const util::Fault& fault) {
        current_.trouble = fault.what();
    }
}

KeyWatch::Keys KeyWatch::keys() {
    const std::lock_guard lock(mutex_);
    const util::Seconds now = steady_second();
    if (now == looked_at_)
        return current_;
    looked_at_ = now;
    const Mark mark = look();
    const bool unchanged = read_once_ && mark.there == mark_.there && mark.device == mark_.device &&
                           mark.inode == mark_.inode && mark.size == mark_.size &&
                           same(mark.modified, mark_.modified) && same(mark.changed, mark_.changed);
    if (!unchanged) {
        read_once_ = true;
        mark_ = mark;
        read();
    }
    return current_;
}

} // namespace jmrp::milter
