#include "milter/recipient_log.hpp"

#include <exception>
#include <utility>

namespace jmrp::milter {

namespace {

/// Empty where it went well.
template <typename Work>
std::string trouble_of(const Work& work) {
    try {
        work();
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

} // namespace

RecipientLog::RecipientLog(Write write, std::chrono::milliseconds patience, std::chrono::milliseconds retry)
    : write_(std::move(write)), patience_(patience), retry_(retry), writer_([this] { write_all(); }) {}

void RecipientLog::finish() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    work_.notify_all();
    if (writer_.joinable())
        writer_.join();
}

std::string RecipientLog::keep(domain::StampedMessage message) {
    const auto entry = std::make_shared<Entry>();
    entry->message = std::move(message);
    std::unique_lock lock(mutex_);
    if (stop_)
        return "this process ends";
    if (!down_.empty())
        return down_;
    waiting_.push_back(entry);
    work_.notify_one();
    if (!written_.wait_for(lock, patience_, [&] { return entry->done; })) {
        // Whoever comes next shall not wait for the same thing.
        down_ = "the disk or another process lets it wait for more than " + std::to_string(patience_.count()) + " ms";
        return down_;
    }
    return entry->trouble;
}

void RecipientLog::try_again(std::unique_lock<std::mutex>& lock) {
    work_.wait_for(lock, retry_, [&] { return stop_; });
    if (stop_)
        return;
    lock.unlock();
    std::string trouble = trouble_of([&] { write_({}); });
    lock.lock();
    down_ = std::move(trouble);
}

void RecipientLog::write_waiting(std::unique_lock<std::mutex>& lock) {
    const std::vector<std::shared_ptr<Entry>> batch = std::exchange(waiting_, {});
    lock.unlock();
    std::vector<domain::StampedMessage> messages;
    messages.reserve(batch.size());
    for (const auto& entry : batch)
        messages.push_back(entry->message);
    std::string trouble = trouble_of([&] { write_(messages); });
    lock.lock();
    for (const auto& entry : batch) {
        entry->done = true;
        entry->trouble = trouble;
    }
    down_ = std::move(trouble);
    written_.notify_all();
}

void RecipientLog::write_all() {
    std::unique_lock lock(mutex_);
    while (true) {
        if (!waiting_.empty()) {
            write_waiting(lock);
        } else if (stop_) {
            return;
        } else if (!down_.empty()) {
            try_again(lock);
        } else {
            work_.wait(lock, [&] { return stop_ || !waiting_.empty() || !down_.empty(); });
        }
    }
}

} // namespace jmrp::milter
