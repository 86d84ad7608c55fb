#pragma once
// Logs of mail servers into the send log. Can be stopped, killed and run again at will: a line counts once.
#include <map>
#include <string>
#include <vector>

#include "ingest/ingest.hpp"
#include "store/send_log.hpp"
#include "traffic/reader.hpp"

namespace jmrp::ingest {

struct SentRules {
    const traffic::Format* format = nullptr;
    traffic::Context context; ///< `latest` is set for each file
    int retention_days = 45;
    const domain::ReadingRules* reading = nullptr; ///< what refusals mean; never null
};

struct SentTotals {
    struct Trouble {
        std::uint64_t lines = 0;
        std::string first; ///< "FILE, up to byte N": where the first one was
    };
    std::uint64_t lines = 0;
    std::uint64_t fresh = 0;                 ///< attempts that are new
    std::uint64_t known = 0;                 ///< attempts that were there already
    std::uint64_t too_old = 0;               ///< attempts before the retention, left out
    std::uint64_t expired = 0;               ///< rows that were deleted
    std::map<std::string, Trouble> troubles; ///< by kind: lines that should have told something
    bool stopped = false;
};

/// Opens the files, then the send log, and reads them, the oldest first, each from where it was read to; then deletes what is older than the retention.
/// Throws util::Fault; what was read before is kept. A file of which no line at all is in the format is refused.
SentTotals import_sent(const store::Options& options, std::vector<std::string> files, const SentRules& rules,
                       const std::atomic<bool>& stop, const Report& report);

} // namespace jmrp::ingest
