#pragma once
#include <functional>

#include "cli/command.hpp"
#include "domain/settlement.hpp"
#include "util/companion.hpp"

namespace jmrp::cli {

/// Runs work that reads mails in a child process, so that a mail which kills the reader costs nothing but that child; it
/// is started again as often as it takes. What it throws is thrown here.
ExitStatus supervised(const std::function<ExitStatus()>& work);

/// Settles what is in the queue. Shows progress where a person watches, and says what a person must know.
ExitStatus settle_queue(const Invocation& invocation);

/// The settler of one delivery. Made before the database is opened: it reads the mail while the bytes go to disk. It works
/// in silence, and leaves the rest to a settler that is at it already.
class DeliverySettler {
  public:
    DeliverySettler(const Invocation& invocation, std::string_view bytes, std::string_view feed,
                    util::Seconds received_at);
    /// To be called when the mail is kept, with what Store::accept() said of it. Returns when it is settled, or after a
    /// while without that: kept is kept, the next settler goes on.
    void settle(std::int64_t message_id) noexcept;

  private:
    double wait_seconds_;
    std::optional<domain::Settlement> settlement_; ///< in the companion
    util::Companion companion_;
};

} // namespace jmrp::cli
