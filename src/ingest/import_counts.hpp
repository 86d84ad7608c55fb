#pragma once
// Counts of sent mail into the database. Can be stopped, killed and run again at will: a row read again replaces itself.
#include <string>
#include <vector>

#include "ingest/ingest.hpp"
#include "store/store.hpp"
#include "traffic/reader.hpp"

namespace jmrp::ingest {

struct CountRules {
    std::string source;       ///< who counted
    traffic::Context context; ///< zone and providers
};

struct CountTotals {
    struct Rejected {
        std::string where; ///< "FILE line N"
        const char* why = nullptr;
    };
    std::uint64_t rows = 0;
    store::KeptTraffic kept;
    std::uint64_t rejected = 0;
    std::vector<Rejected> first_rejected; ///< some of them
    bool stopped = false;
};

/// Opens the files, then reads them in that order. Throws util::Fault; what was read before is kept.
CountTotals import_counts(store::Store& store, const std::vector<std::string>& files, const CountRules& rules,
                          const std::atomic<bool>& stop, const Report& report);

} // namespace jmrp::ingest
