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

/// Lets one process at a time hand a consumer the list; never waits.
class ExportLock : public FileLock {
  public:
    ExportLock(const std::filesystem::path& database, std::string_view consumer);
};

/// Lets one process at a time use a sign-in that changes at every use; waits. Here the file is the sign-in's.
class SignInLock : public FileLock {
  public:
    explicit SignInLock(const std::filesystem::path& file) : FileLock(file, ".lock", true) {}
};

} // namespace jmrp::store
