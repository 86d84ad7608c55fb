#include <deque>

#include "ingest/ingest.hpp"
#include "util/worker_pool.hpp"

namespace jmrp::ingest {

namespace {

constexpr std::size_t batch_messages = 1024;
constexpr std::size_t batch_bytes = std::size_t{8} << 20;

struct Batch {
    std::vector<std::string> tokens;
    std::future<std::vector<store::Prepared>> prepared;
    source::Source::Position position;
};

/// Nothing at the end of the source.
std::optional<Batch> read_batch(source::Source& source, util::WorkerPool& pool) {
    Batch batch;
    std::vector<domain::RawMessage> messages;
    std::size_t bytes = 0;
    while (messages.size() < batch_messages && bytes < batch_bytes) {
        auto message = source.next();
        if (!message)
            break;
        bytes += message->bytes.size();
        batch.tokens.push_back(message->token);
        messages.push_back(std::move(*message));
    }
    if (messages.empty())
        return std::nullopt;
    batch.position = source.position();
    batch.prepared = pool.submit([messages = std::move(messages)] {
        std::vector<store::Prepared> out;
        out.reserve(messages.size());
        for (const domain::RawMessage& message : messages)
            out.push_back(store::prepare(message));
        return out;
    });
    return batch;
}

} // namespace

AcceptTotals accept_all(store::Store& store, source::Source& source, std::string_view feed, const std::atomic<bool>& stop,
                        const Report& report) {
    AcceptTotals totals;
    const unsigned threads = util::processors();
    util::WorkerPool pool(threads);
    std::deque<Batch> under_way;
    bool at_end = false;
    while (true) {
        while (!at_end && !stop && under_way.size() <= threads) {
            if (auto batch = read_batch(source, pool))
                under_way.push_back(std::move(*batch));
            else
                at_end = true;
        }
        if (under_way.empty() || stop)
            break;
        Batch batch = std::move(under_way.front());
        under_way.pop_front();
        const std::vector<store::Prepared> prepared = batch.prepared.get();
        const std::vector<bool> is_new = store.accept(prepared, feed, util::now());
        for (std::size_t i = 0; i < is_new.size(); ++i) {
            ++(is_new[i] ? totals.accepted : totals.known);
            totals.truncated += is_new[i] && prepared[i].truncated ? 1U : 0U;
            source.acknowledge(batch.tokens[i]);
        }
        report({"keeping", totals.accepted + totals.known, batch.position.done, batch.position.total});
    }
    totals.skipped = source.skipped();
    totals.skipped = source.skipped();
    totals.stopped = stop && !(at_end && under_way.empty());
    return totals;
}

} // namespace jmrp::ingest
