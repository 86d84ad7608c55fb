#pragma once
// The send log: who got which of our mails, as the logs of the mail server tell.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/address.hpp"
#include "domain/ip.hpp"
#include "domain/names.hpp"
#include "domain/refused.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

enum class SentStatus { accepted, deferred, rejected };
template <>
struct Names<SentStatus> {
    static constexpr std::pair<SentStatus, std::string_view> table[] = {
        {SentStatus::accepted, "accepted"}, {SentStatus::deferred, "deferred"}, {SentStatus::rejected, "rejected"}};
};

/// One attempt to deliver one message to one recipient.
struct SentRecord {
    std::string server;                    ///< host name of ours, as the log tells it; empty where it does not
    std::string queue_id;                  ///< of our server; never empty
    std::optional<std::string> message_id; ///< without angle brackets; nothing where this line does not say it
    Address recipient;
    std::string relay;           ///< host name of the receiving server, lower case; empty where unknown
    std::string provider;        ///< "outlook.com", "office365", ... (traffic::provider_of); "other"
    std::optional<Ip> source_ip; ///< the address of ours it left from
    SentStatus status = SentStatus::accepted;
    util::Seconds at = 0;
    std::string reply; ///< what the receiving server said; may be empty
    /// What the reply means. Null: it was not read, or says nothing of how an address of ours stands with a list.
    std::shared_ptr<const Refused> refused;
};

/// A server of ours took a message in: the line that ties a queue id to a Message-ID. Deliveries of the same server and
/// queue id from then on are of this message.
struct SentName {
    std::string server;
    std::string queue_id;
    std::string message_id; ///< without angle brackets; empty where the message has none
    util::Seconds at = 0;
};

/// A server of ours is done with a queue id and may give it to another message.
struct SentEnd {
    std::string server;
    std::string queue_id;
    util::Seconds at = 0;
};

/// What one line of a log can tell.
using SentEvent = std::variant<SentRecord, SentName, SentEnd>;

/// One recipient of a message that a report is about.
struct SentMatch {
    Address recipient;
    std::string provider;
    std::optional<Ip> source_ip;
    util::Seconds at = 0;
    SentStatus status = SentStatus::accepted;

    auto operator<=>(const SentMatch&) const = default;
};

/// What the send log said about the message of one report, when it was asked; the log forgets, so it is kept as a fact.
struct SentEvidence {
    std::vector<SentMatch> by_message_id;
    std::vector<SentMatch> by_queue_id;

    bool empty() const noexcept { return by_message_id.empty() && by_queue_id.empty(); }
};

/// Where attribution asks. Look-ups are exact and return every recipient, at most `limit`. `around`: when the mail arrived;
/// what was handed over more than a week before or a day after that is another mail. Without it all that is kept is looked
/// through. Throws util::Fault. Safe to call from many threads.
class SendLog {
  public:
    virtual ~SendLog() = default;
    virtual std::vector<SentMatch> by_message_id(std::string_view message_id, std::optional<util::Seconds> around,
                                                 std::size_t limit) const = 0;
    virtual std::vector<SentMatch> by_queue_id(std::string_view queue_id, std::optional<util::Seconds> around,
                                               std::size_t limit) const = 0;
};

} // namespace jmrp::domain
