#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "domain/stamping.hpp"

namespace jmrp::milter {

/// Keeps who got a message, for many connections at once: one thread writes what has come together in one transaction, and
/// each waits for its own, but never longer than `patience`. After a failure nobody waits: messages are turned away at once
/// until a write succeeds again, which is tried every `retry`.
class RecipientLog {
  public:
    /// Throws util::Fault. Called by one thread; an empty span asks whether writing is possible again.
    using Write = std::function<void(std::span<const domain::StampedMessage>)>;

    RecipientLog(Write write, std::chrono::milliseconds patience,
                 std::chrono::milliseconds retry = std::chrono::milliseconds(1000));
    ~RecipientLog() { finish(); }
    RecipientLog(const RecipientLog&) = delete;
    RecipientLog& operator=(const RecipientLog&) = delete;

    /// Empty: it is kept. Otherwise why not; it may still be written later, which does no harm.
    std::string keep(domain::StampedMessage message);

    /// Writes what is waiting; from then on nothing is kept.
    void finish();

  private:
    struct Entry {
        domain::StampedMessage message;
        bool done = false;
        std::string trouble;
    };
    void write_all();
    void try_again(std::unique_lock<std::mutex>& lock);
    void write_waiting(std::unique_lock<std::mutex>& lock);

    Write write_;
    std::chrono::milliseconds patience_;
    std::chrono::milliseconds retry_;
    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable written_;
    std::vector<std::shared_ptr<Entry>> waiting_;
    std::string down_; ///< why nothing can be written now
    bool stop_ = false;
    std::thread writer_;
};

} // namespace jmrp::milter
