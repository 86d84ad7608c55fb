#pragma once
// What is kept of refusals, from logs and bounces alike, and of how much was tried: by this it is known where an address of ours
// stands with a list.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "domain/address.hpp"
#include "domain/ip.hpp"
#include "domain/names.hpp"
#include "domain/rejection.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

struct Refused {
    std::optional<Ip>
        ip; ///< of ours: that the answer names, else the one the mail left from; nothing: neither is known
    /// Whose servers refused, one of Microsoft's two. Nothing: it says nothing of how an address stands with them, for others
    /// refused, or it is about the recipient.
    std::optional<BlockList> servers;
    RejectionCategory category = RejectionCategory::other;
    std::optional<BlockList> list; ///< whose listing the answer names, as in Rejection
    std::string code;              ///< as the server says it; empty: it says none
    std::string host;              ///< that refused; empty where unknown
    std::string text;              ///< one line, shortened; nobody's address is in it
    std::string rule;              ///< id of the rule that decided
};

/// Refusals of one hour that differ in nothing but host, text and rule; those are of the newest.
struct RefusedHour {
    Refused refused;
    std::int64_t count = 0;
    util::Seconds first = 0;
    util::Seconds last = 0;
};

/// Attempts to hand mail from an address to the servers of a list, within one hour.
struct DeliveryHour {
    std::optional<Ip> ip; ///< nothing: the log does not tell it
    BlockList servers = BlockList::outlook_com;
    std::int64_t attempts = 0;
    std::int64_t accepted = 0;
    util::Seconds first = 0;
    util::Seconds last = 0;
    std::optional<util::Seconds> last_accepted;
    static constexpr std::uint16_t most_a_minute = 65'535; ///< as many, or more
    std::array<std::uint16_t, 60> minutes{};               ///< attempts
};

/// What proves that a bounce is about mail of ours and the recipient it names. Anybody can write a bounce.
enum class BounceProof {
    none,
    verp,     ///< it was sent to a return path of ours that was made for this recipient
    send_log, ///< the mail it returns was sent to this recipient
    token     ///< the mail it returns holds a token of ours for this recipient
};
template <>
struct Names<BounceProof> {
    static constexpr std::pair<BounceProof, std::string_view> table[] = {{BounceProof::none, "none"},
                                                                         {BounceProof::verp, "verp"},
                                                                         {BounceProof::send_log, "send-log"},
                                                                         {BounceProof::token, "token"}};
};

/// One recipient of a bounce, who did not get the mail.
struct Bounced {
    std::int64_t message_id = 0; ///< of the bounce
    std::int64_t ordinal = 0;    ///< within it, from 0
    std::string address_key;     ///< Address::key(); empty: it does not say, or the person was forgotten
    std::string action;          ///< lower case; may be empty
    std::string status;          ///< enhanced status code; may be empty
    Refused refused;
    util::Seconds at = 0; ///< of the refusal, never later than the receipt
    BounceProof proof = BounceProof::none;
};

} // namespace jmrp::domain
