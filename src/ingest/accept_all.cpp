#include <deque>
#include <memory>

#include "ingest/ingest.hpp"
#include "ingest/settlement_of.hpp"
#include "util/worker_pool.hpp"

namespace jmrp::ingest {

namespace {

constexpr std::size_t batch_messages = 2048;
constexpr std::size_t batch_bytes = std::size_t{4} << 20;
/// A hostile mbox has nothing but mails of the greatest size: of those one is under way at a time.
constexpr std::size_t bytes_under_way = std::size_t{14} << 20;

using Messages = std::vector<domain::RawMessage>;
using Settlements = std::vector<domain::Settlement>;

/// Messages on their way from the source to the disk.
struct Batch {
    std::shared_ptr<const Messages> messages;
    std::future<std::vector<store::Prepared>> prepared;
    source::Source::Position position;
    std::size_t bytes = 0;
};

/// Durable messages that are being read.
struct Reading {
    std::future<Settlements> settlements;
    std::size_t bytes = 0;
};

/// Nothing at the end of the source.
std::optional<Batch> read_batch(source::Source& source, util::WorkerPool& pool) {
    Batch batch;
    auto messages = std::make_shared<Messages>();
    while (messages->size() < batch_messages && batch.bytes < batch_bytes) {
        auto message = source.next();
        if (!message)
            break;
        batch.bytes += message->bytes.size();
        messages->push_back(std::move(*message));
    }
    if (messages->empty())
        return std::nullopt;
    batch.messages = messages;
    batch.position = source.position();
    batch.prepared = pool.submit([messages] {
        std::vector<store::Prepared> out;
        out.reserve(messages->size());
        for (const domain::RawMessage& message : *messages)
            out.push_back(store::prepare(message));
        return out;
    });
    return batch;
}

/// The batch is durable: have its new messages read.
std::future<Settlements> read_messages(std::shared_ptr<const Messages> messages, std::vector<std::int64_t> ids,
                                       std::string_view feed, util::Seconds received_at, const Rules& rules,
                                       util::WorkerPool& pool) {
    return pool.submit(
        [messages = std::move(messages), ids = std::move(ids), feed = std::string(feed), received_at, &rules] {
            Settlements out;
            for (std::size_t i = 0; i < ids.size(); ++i)
                if (ids[i] != store::known_before)
                    out.push_back(settlement_of({ids[i], feed, received_at, {}}, (*messages)[i].bytes, rules));
            return out;
        });
}

} // namespace

AcceptTotals& AcceptTotals::operator+=(const AcceptTotals& more) {
    accepted += more.accepted;
    known += more.known;
    truncated += more.truncated;
    skipped += more.skipped;
    stopped = stopped || more.stopped;
    return *this;
}

AcceptTotals accept_all(store::Store& store, source::Source& source, std::string_view feed, const Rules* rules,
                        const std::atomic<bool>& stop, const Report& report) {
    AcceptTotals totals;
    const unsigned threads = util::processors();
    std::deque<Batch> being_prepared;
    std::deque<Reading> being_read;
    std::size_t bytes = 0;          // of both
    util::WorkerPool pool(threads); // ends first: its tasks look at what stands above
    const auto settle_oldest = [&] {
        store.settle(being_read.front().settlements.get());
        bytes -= being_read.front().bytes;
        being_read.pop_front();
    };
    bool at_end = false;
    while (true) {
        while (!at_end && !stop && being_prepared.size() <= threads &&
               (being_prepared.empty() || bytes < bytes_under_way)) {
            auto batch = read_batch(source, pool);
            at_end = !batch;
            if (!batch)
                break;
            bytes += batch->bytes;
            being_prepared.push_back(std::move(*batch));
        }
        if (being_prepared.empty() || stop)
            break;
        Batch batch = std::move(being_prepared.front());
        being_prepared.pop_front();
        std::vector<store::Prepared> prepared = batch.prepared.get();
        const util::Seconds received_at = util::now();
        std::vector<std::int64_t> ids =
            store.accept(prepared, feed, received_at, rules ? store::Queue::claimed : store::Queue::waiting);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const bool is_new = ids[i] != store::known_before;
            ++(is_new ? totals.accepted : totals.known);
            totals.truncated += is_new && prepared[i].truncated ? 1U : 0U;
            source.acknowledge((*batch.messages)[i].token);
        }
        if (rules)
            being_read.push_back(
                {read_messages(std::move(batch.messages), std::move(ids), feed, received_at, *rules, pool),
                 batch.bytes});
        else
            bytes -= batch.bytes;
        while (being_read.size() > threads || (bytes >= bytes_under_way && !being_read.empty()))
            settle_oldest();
        report({"keeping", totals.accepted + totals.known, batch.position.done, batch.position.total});
    }
    totals.stopped = stop && !(at_end && being_prepared.empty());
    while (!being_read.empty())
        settle_oldest();
    totals.skipped = source.skipped();
    return totals;
}

} // namespace jmrp::ingest
