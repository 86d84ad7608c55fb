#include "ingest/ingest.hpp"
#include "ingest/interpret.hpp"
#include "ingest/judge.hpp"
#include "util/compress.hpp"
#include "util/kill_point.hpp"
#include "util/worker_pool.hpp"

namespace jmrp::ingest {

namespace {

constexpr std::size_t batch_messages = 1024;
constexpr std::size_t worth_a_thread = 16;

domain::Settlement settlement_of(const store::Claimed& claimed, const domain::ReadingRules& rules, const domain::Policy& policy) {
    domain::Settlement out;
    if (claimed.attempts > most_attempts) {
        out.kind = "unrecognized";
        out.disposition = domain::Disposition::crashed;
        out.quarantine = "reading it killed the process " + std::to_string(most_attempts) + " times";
        out.received_at = claimed.received_at;
    } else {
        // A message was kept within the limit of its day; that limit may have been lowered since.
        const std::string bytes = util::decompress(claimed.frame, std::size_t{1} << 30);
        util::kill_point("interpret", bytes);
        out = judge(interpret(bytes, rules), policy, claimed.received_at);
    }
    out.message_id = claimed.message_id;
    out.feed = claimed.feed;
    return out;
}

std::vector<domain::Settlement> settlements_of(const std::vector<store::Claimed>& claimed, const domain::ReadingRules& rules,
                                               const domain::Policy& policy, std::unique_ptr<util::WorkerPool>& pool) {
    const auto some = [&](std::size_t begin, std::size_t end) {
        std::vector<domain::Settlement> out;
        out.reserve(end - begin);
        for (std::size_t i = begin; i < end; ++i)
            out.push_back(settlement_of(claimed[i], rules, policy));
        return out;
    };
    if (claimed.size() < worth_a_thread)
        return some(0, claimed.size());
    if (!pool)
        pool = std::make_unique<util::WorkerPool>(util::processors());
    const std::size_t share = std::max(worth_a_thread, claimed.size() / (std::size_t{4} * util::processors()) + 1);
    std::vector<std::future<std::vector<domain::Settlement>>> shares;
    for (std::size_t begin = 0; begin < claimed.size(); begin += share)
        shares.push_back(pool->submit([&some, begin, end = std::min(begin + share, claimed.size())] { return some(begin, end); }));
    std::vector<domain::Settlement> out;
    out.reserve(claimed.size());
    for (auto& one : shares)
        for (domain::Settlement& settlement : one.get())
            out.push_back(std::move(settlement));
    return out;
}

} // namespace

SettleTotals settle_all(store::Store& store, const domain::ReadingRules& rules, const domain::Policy& policy,
                        const std::atomic<bool>& stop, const Report& report) {
    SettleTotals totals;
    std::unique_ptr<util::WorkerPool> pool; // started by the first batch that is worth it
    while (!stop) {
        const std::vector<store::Claimed> claimed = store.claim(batch_messages);
        if (claimed.empty())
            return totals;
        const std::vector<domain::Settlement> settlements = settlements_of(claimed, rules, policy, pool);
        store.settle(settlements);
        for (const domain::Settlement& settlement : settlements)
            totals.crashed += settlement.disposition == domain::Disposition::crashed ? 1U : 0U;
        totals.settled += settlements.size();
        report({"settling", totals.settled, totals.settled, 0});
    }
    totals.stopped = true;
    return totals;
}

} // namespace jmrp::ingest
