#pragma once
// What a server's refusal means: why it refused, on whose list our address stands, and which address that is.
#include <optional>
#include <string>

#include "domain/ip.hpp"
#include "domain/names.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// Only the first says that Microsoft, or Spamhaus at Microsoft, blocks an address of ours, and only `recipient` says
/// something about the recipient.
enum class RejectionCategory {
    ip_block,
    rate_limit,        ///< deferred: come back slower
    authentication,    ///< SPF, DKIM, DMARC, the name of our host, or our domain on a list
    recipient,         ///< this mailbox: unknown, disabled, full
    third_party_block, ///< some other list, or one customer's own
    tenant,            ///< a customer of Microsoft who sends through it
    content,           ///< this message: spam, virus
    other,             ///< everything else, and what nobody can tell
};
template <>
struct Names<RejectionCategory> {
    static constexpr std::pair<RejectionCategory, std::string_view> table[] = {
        {RejectionCategory::ip_block, "ip-block"},
        {RejectionCategory::rate_limit, "rate-limit"},
        {RejectionCategory::authentication, "authentication"},
        {RejectionCategory::recipient, "recipient"},
        {RejectionCategory::third_party_block, "third-party-block"},
        {RejectionCategory::tenant, "tenant"},
        {RejectionCategory::content, "content"},
        {RejectionCategory::other, "other"}};
};

/// Microsoft keeps two lists with two doors: of Outlook.com for consumers, of Microsoft 365 for the domains it hosts.
enum class BlockList { outlook_com, office365, spamhaus };
template <>
struct Names<BlockList> {
    static constexpr std::pair<BlockList, std::string_view> table[] = {{BlockList::outlook_com, "outlook.com"},
                                                                       {BlockList::office365, "office365"},
                                                                       {BlockList::spamhaus, "spamhaus"}};
};

/// The recipient stands in what holds this: a line of a log, an entry of a bounce.
struct Rejection {
    RejectionCategory category = RejectionCategory::other;
    std::optional<BlockList> list;
    std::optional<std::string> code;   ///< as the server says it: "S3140", "SC-001", "5.7.606"
    std::optional<std::string> status; ///< enhanced status code (RFC 3463)
    /// The address that is refused, read from the wording that names it. Nothing where it is none of ours.
    std::optional<Ip> ip;
    std::string host; ///< that refused, lower case; a name, or an address in text; empty where unknown
    std::optional<util::Seconds> at;
    std::string text; ///< what the server said, on one line
    std::string rule; ///< id of the rule that decided
};

} // namespace jmrp::domain
