#include "ingest/settle_run.hpp"

namespace jmrp::ingest {

SettleTotals run_settling(const store::Options& options, const domain::ReadingRules& rules, const domain::Policy& policy, bool wait,
                          const std::atomic<bool>& stop, const Report& report) {
    store::Options lazy = options;
    lazy.durable = false; // all of it can be derived again from what accept kept
    SettleTotals totals;
    store::Store store(lazy);
    do {
        const store::SettlingLock lock(options.path, wait);
        if (!lock.held())
            return totals;
        const SettleTotals more = settle_all(store, rules, policy, stop, report);
        totals.settled += more.settled;
        totals.crashed += more.crashed;
        totals.stopped = more.stopped;
    } while (!totals.stopped && store.has_unsettled());
    return totals;
}

} // namespace jmrp::ingest
