#pragma once
// The pipeline: accept_all() makes messages durable, settle_all() makes sense of them. Either can be repeated at will.
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "domain/policy.hpp"
#include "domain/reading_rules.hpp"
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

struct AcceptTotals {
    std::uint64_t accepted = 0;   ///< kept now
    std::uint64_t known = 0;      ///< were there already
    std::uint64_t truncated = 0;  ///< of the accepted
    std::uint64_t skipped = 0;    ///< could not be read from their container
    bool stopped = false;         ///< `stop` was raised before the end
};

/// Reads the source to its end. Hashing and compressing run on all processors, the database is written by the caller's
/// thread alone, a batch a transaction; a message is acknowledged to its source after its batch is durable. Memory is
/// bounded by the batches under way.
AcceptTotals accept_all(store::Store& store, source::Source& source, std::string_view feed, const std::atomic<bool>& stop,
                        const Report& report);

struct SettleTotals {
    std::uint64_t settled = 0;
    std::uint64_t crashed = 0; ///< put in quarantine because they killed the reader before
    bool stopped = false;
};

/// Settles everything in the queue. Callers hold the settling lock. A message is read on at most `most_attempts`
/// occasions; one that killed the process each time is put in quarantine.
SettleTotals settle_all(store::Store& store, const domain::ReadingRules& rules, const domain::Policy& policy,
                        const std::atomic<bool>& stop, const Report& report);

inline constexpr int most_attempts = 3;

} // namespace jmrp::ingest
