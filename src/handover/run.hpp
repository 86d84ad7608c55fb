#pragma once
// One consumer, one run: what it lacks, to its file, the command after it, and how far it is then.
#include <string>

#include "handover/write.hpp"

namespace jmrp::handover {

struct Wishes {
    bool full = false;    ///< everything, whatever the consumer has
    bool dry_run = false; ///< only say what would be written
};

enum class Result { done, nothing_new, put_off, failed };

struct Outcome {
    Result result = Result::done;
    bool full = false; ///< everybody, not only what is new
    exports::Totals totals;
    std::string why; ///< of put_off and failed
};

/// Hands `consumer` what it lacks. How far it is moves only after its file is in place and its command ended with 0; a run that
/// is killed anywhere is made good by the next. Trouble with the target is remembered and told as `failed`.
Outcome hand_over(store::Store& store, const std::filesystem::path& database, const domain::Consumer& consumer,
                  const Wishes& wishes, util::Seconds now);

/// Notes what came of a run; a success moves the cursor to `until`.
void remember(store::Store& store, domain::ConsumerState& state, const domain::Consumer& consumer,
              const Outcome& outcome, const domain::Cursor& until, util::Seconds now);

/// How far behind each is, in their order.
std::vector<domain::ConsumerLag> lags(store::Store& store, const std::vector<domain::Consumer>& consumers,
                                      util::Seconds now);

} // namespace jmrp::handover
