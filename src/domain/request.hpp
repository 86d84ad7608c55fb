#pragma once
// Requests to lift a block: what people note of them, what sender support answered, and what was repaired before.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/address.hpp"
#include "domain/authenticity.hpp"
#include "domain/decision.hpp"
#include "domain/ip.hpp"
#include "domain/mitigation.hpp"
#include "domain/names.hpp"
#include "domain/rejection.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// Who wrote something down, and when. Of people who run the server, never of recipients.
struct Noted {
    std::string by;
    util::Seconds at = 0;
    std::string note; ///< words of theirs; may be empty
};

enum class RequestEventKind {
    ticket,   ///< its number was learned
    replied,  ///< we answered in its thread
    outcome,  ///< a verdict that came by no mail: the portal, the telephone
    withdrawn ///< given up
};
template <>
struct Names<RequestEventKind> {
    static constexpr std::pair<RequestEventKind, std::string_view> table[] = {
        {RequestEventKind::ticket, "ticket"},
        {RequestEventKind::replied, "replied"},
        {RequestEventKind::outcome, "outcome"},
        {RequestEventKind::withdrawn, "withdrawn"}};
};

/// What a person tells of a request after it was sent.
struct RequestEvent {
    RequestEventKind kind = RequestEventKind::replied;
    util::Seconds at = 0;
    std::vector<Network> networks;            ///< which part of the request it is about; empty: all
    std::string ticket;                       ///< of a ticket
    std::optional<MitigationOutcome> outcome; ///< of an outcome
    Noted noted;
};

struct DelistRequest {
    std::int64_t id = 0;
    BlockList list = BlockList::outlook_com; ///< one of Microsoft's two
    std::vector<Network> networks;           ///< not empty; single addresses have the longest prefix
    Door door = Door::consumer_form;
    util::Seconds sent_at = 0;
    Noted noted;
    std::vector<RequestEvent> events; ///< in order of time

    /// The number that a person gave; empty where none did.
    std::string told_ticket() const;
};

/// A kept answer of sender support.
struct SupportAnswer {
    std::int64_t message_id = 0;
    util::Seconds received_at = 0;
    util::Seconds at = 0; ///< its Date, never later than its receipt
    std::optional<std::string> ticket;
    Verdict verdict = Verdict::unverified;
    std::string why; ///< what speaks for or against it; may hold text of the mail
    std::vector<MitigationFinding> findings;
    bool dealt_with = false; ///< a person read it and said so
};

/// What was wrong with the mail of addresses, and what was changed.
struct BlockCause {
    std::vector<Network> networks;
    std::string cause;
    std::string fix;
    util::Seconds at = 0; ///< from when on mail is sent without the cause
    Noted noted;
};

/// A person moved a mail of ours to Junk, in a mailbox of their own.
struct FeedTrial {
    Address mailbox;
    util::Seconds at = 0;
    Noted noted;
};

/// The ten digits of "1303529797", "SRX1303529797ID" or either in another case; nothing where it is no ticket.
std::optional<std::string> parse_ticket(std::string_view text);

/// "192.0.2.10 192.0.2.0/28": as the database has it.
std::string text_of(const std::vector<Network>& networks, char separator = ' ');
/// Reads what text_of() writes; words that are none are left out.
std::vector<Network> parse_networks(std::string_view text, char separator = ' ');
/// Whether one of them is within the other.
bool overlap(const Network& a, const Network& b) noexcept;
bool any_overlap(const std::vector<Network>& some, const std::vector<Network>& others) noexcept;
/// Whether each of them is part of one of the others.
bool are_within(const std::vector<Network>& parts, const std::vector<Network>& wholes) noexcept;

} // namespace jmrp::domain
