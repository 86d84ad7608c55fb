#pragma once
// The pipeline: accept_all() makes messages durable, settle_all() makes sense of them. Either can be repeated at will.
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "domain/policy.hpp"
#include "domain/reading_rules.hpp"
#include "domain/sent.hpp"
#include "source/source.hpp"
#include "store/store.hpp"

namespace jmrp::ingest {

struct Progress {
    std::string_view phase; ///< "keeping" or "settling"
    std::uint64_t messages = 0;
    std::uint64_t done = 0;  ///< in the unit of the phase
    std::uint64_t total = 0; ///< 0: unknown
};
using Report = std::function<void(const Progress&)>;

/// How the messages of a feed are read, and what may follow from them.
struct FeedRules {
    domain::ReadingRules reading;
    domain::Policy policy;
};

/// What turns a message into its consequences. Its own are the rules of every feed that has none.
struct Rules : FeedRules {
    std::map<std::string, FeedRules, std::less<>> feeds;
    std::shared_ptr<const domain::SendLog> send_log; ///< who got what; null: nobody keeps one

    const FeedRules& of(std::string_view feed) const;
    /// Whether signatures are checked for any feed.
    bool check_dkim() const;
};

struct AcceptTotals {
    std::uint64_t accepted = 0;  ///< kept now
    std::uint64_t known = 0;     ///< were there already
    std::uint64_t truncated = 0; ///< of the accepted
    std::uint64_t skipped = 0;   ///< could not be read from their container
    bool stopped = false;        ///< `stop` was raised before the end
    AcceptTotals& operator+=(const AcceptTotals& more);
};

/// Reads the source to its end. Hashing, compressing and reading run on all processors, the database is written by the
/// caller's thread alone, a batch a transaction; a message is acknowledged to its source after its batch is durable.
/// Memory is bounded by the batches under way.
/// With `rules` each batch is also settled, from memory, once it is durable; callers then hold the settling lock. Without,
/// the messages wait in the queue.
AcceptTotals accept_all(store::Store& store, source::Source& source, std::string_view feed, const Rules* rules,
                        const std::atomic<bool>& stop, const Report& report);

struct SettleTotals {
    std::uint64_t settled = 0;
    std::uint64_t crashed = 0; ///< put in quarantine because they killed the reader before
    bool stopped = false;
};

/// Settles everything in the queue. Callers hold the settling lock. A message is read on at most `most_attempts`
/// occasions; one that killed the process each time is put in quarantine.
SettleTotals settle_all(store::Store& store, const Rules& rules, const std::atomic<bool>& stop, const Report& report);

/// Takes the settling lock and settles until the queue is empty, also what came in while it held the lock. With `wait`
/// false it leaves the work to whoever holds the lock: that one looks at the queue again after letting go. `first` is
/// written before anything else, for a caller that has read a message already.
SettleTotals run_settling(const store::Options& options, const Rules& rules, bool wait, const std::atomic<bool>& stop,
                          const Report& report, std::optional<domain::Settlement> first = std::nullopt);

inline constexpr int most_attempts = 3;

} // namespace jmrp::ingest
