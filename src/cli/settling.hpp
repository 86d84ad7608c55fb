#pragma once
#include "cli/command.hpp"
#include "ingest/ingest.hpp"

namespace jmrp::cli {

/// Settles what is in the queue in a child process, so that a mail which kills the reader costs nothing but that child.
/// Shows progress where a person watches, and says on standard error what a person must know.
ExitStatus settle_supervised(const Invocation& invocation);

/// The same behind a delivery: in silence, for a bounded time, and leaving the work to a settler that is at it already.
/// Never throws: the mail is kept, whatever happens here.
void settle_after_delivery(const Invocation& invocation) noexcept;

} // namespace jmrp::cli
