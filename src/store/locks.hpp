#pragma once
// Locks on files beside the database. The kernel lets go of them when their holder dies, so nobody killed blocks the next one.
#include <filesystem>
#include <string_view>

#include "util/fd.hpp"

namespace jmrp::store {

/// Held until destruction.
class FileLock {
  public:
    bool held() const noexcept { return static_cast<bool>(fd_); }

  protected:
    /// Waits for it, or with `wait` false gives up at once (held() then tells). Throws Fault.
    FileLock(const std::filesystem::path& database, std::string_view suffix, bool wait);

  private:
    util::Fd fd_;
};

/// Lets one process settle at a time.
class SettlingLock : public FileLock {
  public:
    SettlingLock(const std::filesystem::path& database, bool wait) : FileLock(database, ".settling", wait) {}
};

/// Lets one process poll a feed at a time; never waits.
class PollLock : public FileLock {
  public:
    PollLock(const std::filesystem::path& database, std::string_view feed);
};

} // namespace jmrp::store
