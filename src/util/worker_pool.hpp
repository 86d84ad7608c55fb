#pragma once
// A fixed number of threads and a queue of tasks; results come back through futures.
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace jmrp::util {

class WorkerPool {
  public:
    explicit WorkerPool(unsigned threads);
    ~WorkerPool(); ///< finishes what was submitted
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    template <typename Work>
    auto submit(Work work) -> std::future<decltype(work())> {
        auto task = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
        auto result = task->get_future();
        push([task] { (*task)(); });
        return result;
    }

  private:
    void push(std::function<void()> task);
    void run();

    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> tasks_;
    bool closing_ = false;
    std::vector<std::jthread> threads_;
};

/// Processors this process may use, at least 1.
unsigned processors();

} // namespace jmrp::util
