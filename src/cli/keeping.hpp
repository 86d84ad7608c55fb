#pragma once
// What `ingest` and `poll` share: taking in batches of messages.
#include <string_view>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "source/source.hpp"

namespace jmrp::cli {

/// Keeps what sources give. While nobody else settles, what is kept is settled at once, from memory; the rest waits in the queue.
class Keeper {
  public:
    explicit Keeper(const Invocation& invocation);
    /// Reads the source to its end, or until SIGINT or SIGTERM, showing progress.
    ingest::AcceptTotals keep(source::Source& source, std::string_view feed);
    store::Store& store() noexcept { return store_; }
    /// To be called when all is kept.
    void close() { store_.empty_log(); }

  private:
    const Invocation& invocation_;
    store::Store store_;
    ProgressLine progress_;
};

/// Says what was kept, where a person watches or wants to know.
void tell_kept(const Invocation& invocation, const ingest::AcceptTotals& totals);

} // namespace jmrp::cli
