#pragma once
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "util/clock.hpp"
#include "util/keyring.hpp"

namespace jmrp::milter {

/// The keys of a process that stays: the file is looked at again once a second, and read again where it was changed.
class KeyWatch {
  public:
    explicit KeyWatch(std::filesystem::path file) : file_(std::move(file)) {}

    struct Keys {
        std::shared_ptr<const util::KeyFile> ring; ///< null where there is no key to seal with
        std::string trouble;                       ///< why not, or why an older state of the file is still in use
    };
    /// A file that cannot be read or is damaged leaves the keys as they were; one that is gone leaves none. Throws nothing
    /// but std::bad_alloc. Safe to call from many threads.
    Keys keys();

  private:
    struct Mark { ///< by which a changed file is known
        bool there = false;
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        timespec modified{};
        timespec changed{};
    };
    Mark look() const;
    void read();

    std::filesystem::path file_;
    std::mutex mutex_;
    util::Seconds looked_at_ = -1; ///< of the steady clock
    bool read_once_ = false;
    Mark mark_;
    Keys current_;
};

} // namespace jmrp::milter
