#include "ingest/ingest.hpp"
#include "ingest/settlement_of.hpp"
#include "store/locks.hpp"
#include "util/compress.hpp"
#include "util/worker_pool.hpp"

namespace jmrp::ingest {

namespace {

constexpr std::size_t batch_messages = 1024;
constexpr std::size_t worth_a_thread = 16;

domain::Settlement settlement_of(const store::Claimed& claimed, const Rules& rules) {
    const Kept kept{claimed.message_id, claimed.feed, claimed.received_at, claimed.facts};
    if (claimed.attempts > most_attempts)
        return settlement_of_killer(kept);
    // Kept within the limit of its day; that limit may have been lowered since.
    return settlement_of(kept, util::decompress(claimed.frame, std::size_t{1} << 30), rules);
}

std::vector<domain::Settlement> settlements_of(const std::vector<store::Claimed>& claimed, const Rules& rules,
                                               std::unique_ptr<util::WorkerPool>& pool) {
    const auto some = [&](std::size_t begin, std::size_t end) {
        std::vector<domain::Settlement> out;
        out.reserve(end - begin);
        for (std::size_t i = begin; i < end; ++i)
            out.push_back(settlement_of(claimed[i], rules));
        return out;
    };
    if (claimed.size() < worth_a_thread)
        return some(0, claimed.size());
    if (!pool)
        pool = std::make_unique<util::WorkerPool>(util::processors());
    const std::size_t share = std::max(worth_a_thread, claimed.size() / (std::size_t{4} * util::processors()) + 1);
    std::vector<std::future<std::vector<domain::Settlement>>> shares;
    for (std::size_t begin = 0; begin < claimed.size(); begin += share)
        shares.push_back(
            pool->submit([&some, begin, end = std::min(begin + share, claimed.size())] { return some(begin, end); }));
    for (const auto& one : shares)
        one.wait(); // all of them, before a failure of one leaves this function
    std::vector<domain::Settlement> out;
    out.reserve(claimed.size());
    for (auto& one : shares)
        for (domain::Settlement& settlement : one.get())
            out.push_back(std::move(settlement));
    return out;
}

} // namespace

SettleTotals settle_all(store::Store& store, const Rules& rules, const std::atomic<bool>& stop, const Report& report) {
    SettleTotals totals;
    std::unique_ptr<util::WorkerPool> pool; // started by the first batch that is worth it
    while (!stop) {
        const std::vector<store::Claimed> claimed = store.claim(batch_messages);
        if (claimed.empty())
            return totals;
        const std::vector<domain::Settlement> settlements = settlements_of(claimed, rules, pool);
        store.settle(settlements);
        for (const domain::Settlement& settlement : settlements)
            totals.crashed += settlement.disposition == domain::Disposition::crashed ? 1U : 0U;
        totals.settled += settlements.size();
        report({"settling", totals.settled, totals.settled, 0});
    }
    totals.stopped = true;
    return totals;
}

SettleTotals run_settling(const store::Options& options, const Rules& rules, bool wait, const std::atomic<bool>& stop,
                          const Report& report, std::optional<domain::Settlement> first) {
    SettleTotals totals;
    store::Store store(options);
    do {
        const store::SettlingLock lock(options.path, wait);
        if (!lock.held())
            return totals;
        if (first) {
            store.settle(std::span(&*first, 1));
            first.reset();
        }
        if (!store.has_unsettled())
            continue; // asks once more, without the lock
        const SettleTotals more = settle_all(store, rules, stop, report);
        totals.settled += more.settled;
        totals.crashed += more.crashed;
        totals.stopped = more.stopped;
    } while (!totals.stopped && store.has_unsettled());
    return totals;
}

} // namespace jmrp::ingest
