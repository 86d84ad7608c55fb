#pragma once
// Consumers that are told of changes one batch after the other: programs and servers.
#include <atomic>
#include <functional>

#include "exports/target.hpp"
#include "handover/run.hpp"

namespace jmrp::handover {

/// Whoever is told.
struct Receiver {
    std::size_t most_added = 1;
    std::size_t most_removed = 0; ///< 0: it has no word for removals
    bool has_scopes = false;
    std::function<bool(const domain::Suppression&)> carries; ///< whether it has a place for it
    /// Takes a batch, which is all of additions or all of removals, and says what became of it. Being told the same twice must
    /// do no harm: a run that is killed says its last batch again. Throws Fault: nothing more can be said now.
    std::function<exports::Verdict(std::span<const exports::Change> batch)> take;
    const std::atomic<bool>* stop = nullptr; ///< null: nothing ends it early
};

/// As hand_over(), which is for files. How far the consumer is moves on after each part that was taken, so that whatever ends a
/// run, the next goes on from there. A batch that is refused is taken apart until the row is found that it is about; that one is
/// counted and not tried again. Where one after the other is refused, and none was taken, nobody is passed over.
Outcome hand_over_in_batches(store::Store& store, const std::filesystem::path& database,
                             const domain::Consumer& consumer, const Receiver& receiver, const Wishes& wishes,
                             util::Seconds now);

} // namespace jmrp::handover
