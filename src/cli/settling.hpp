#pragma once
#include <functional>

#include "cli/command.hpp"
#include "util/companion.hpp"

namespace jmrp::cli {

/// Runs work that reads mails in a child process, so that a mail which kills the reader costs nothing but that child; it
/// is started again as often as it takes. What it throws is thrown here.
ExitStatus supervised(const std::function<ExitStatus()>& work);

/// Settles what is in the queue. Shows progress where a person watches, and says what a person must know.
ExitStatus settle_queue(const Invocation& invocation);

/// The settler of one delivery: in silence, and leaving the work to a settler that is at it already. Made before the
/// database is opened, so that it starts up while the mail goes to disk; ingest says go() when the mail is kept.
class DeliverySettler {
  public:
    explicit DeliverySettler(const Invocation& invocation);
    /// Returns when the mail is settled, or after a while without it: kept is kept, the next settler goes on.
    void settle_now() noexcept;

  private:
    const Invocation& invocation_;
    util::Companion companion_;
};

} // namespace jmrp::cli
