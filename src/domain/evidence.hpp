#pragma once
// What is known of one blocked address when it is asked whether a delisting request is safe: counts, answers and what people
// wrote down, each with where and when it was learned. Nothing is judged here. What was not learned is nothing, never zero.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/dns_facts.hpp"
#include "domain/ip.hpp"
#include "domain/mitigation.hpp"
#include "domain/names.hpp"
#include "domain/rejection.hpp"
#include "domain/snds.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

template <typename T>
struct Seen {
    T value{};
    std::string source; ///< "send log", "dns", "snds", "jmrp", "a person": for people
    util::Seconds at = 0;
};
/// Nothing: unknown.
template <typename T>
using Known = std::optional<Seen<T>>;

/// Refusals of mail from the address by the servers of the list, those of one category, list and code together.
struct Refusals {
    RejectionCategory category = RejectionCategory::other;
    std::optional<BlockList> list; ///< whose listing they name, as in Rejection
    std::string code;              ///< as sent: "S3140", "SC-004", "5.7.606"; empty: the tag is lost
    std::int64_t count = 0;
    util::Seconds first = 0;
    util::Seconds last = 0;
    struct Sample {
        std::string text; ///< as the server said it, on one line, without the names of people
        std::string host; ///< that said it; empty: not known
    };
    std::optional<Sample> newest{}; ///< of the last one; nothing: it was not kept
};

/// What the send log knows of mail from the address to the servers of the list.
struct Deliveries {
    std::optional<util::Seconds> last_accepted; ///< nothing: none that is remembered
    /// The last time in which nothing was sent to them; nothing: there was no such time since the refusals began.
    struct Pause {
        util::Seconds began = 0;
        std::optional<util::Seconds> ended; ///< nothing: it goes on
    };
    std::optional<Pause> pause;
    std::optional<double> most_per_minute; ///< attempts, since the refusals began
};

struct AddressStanding {
    bool is_public = false;
    bool own = false; ///< within the networks of the configuration
};

/// A domain that mails from the address have in their From.
struct FromDomain {
    std::string domain;
    std::optional<bool> spf_includes; ///< of its envelope senders
    std::optional<bool> dkim_seen;    ///< in what receivers say of our mail
    std::optional<bool> dmarc;        ///< there is a record, p=none at least
};

/// What a person wrote down.
struct Repair {
    std::string cause;
    std::string fix;
    util::Seconds at = 0; ///< from when on mail is sent without the cause
};

/// The people and reports behind the complaints about mail from the address.
struct Complainants {
    std::int64_t known = 0;
    std::int64_t suppressed = 0;
    std::int64_t exported = 0; ///< every consumer of the list has them
    std::int64_t unnamed = 0;  ///< reports of which nobody knows who complained
};

/// Mail that was sent although its recipient was suppressed and exported.
struct Leaks {
    std::vector<util::Seconds> complained;    ///< when the mails of complaints that prove it were sent
    std::optional<util::Seconds> last_in_log; ///< the newest such mail that the send log holds
    bool log_was_read = false;
};

/// One UTC day of mail to the list's mailboxes.
struct MailDay {
    /// What SNDS says of it; the day is Microsoft's, eight hours later than ours.
    struct Snds {
        std::int64_t recipients = 0;
        std::optional<RateBounds> complaint_rate; ///< percent, of complaints made on that day
    };

    util::Day day = 0;
    std::optional<std::int64_t> accepted; ///< nothing: no log tells
    std::int64_t complaints = 0;          ///< about mail that was sent on that day, as far as they are here
    std::int64_t reported = 0;            ///< received on that day, whenever the mail was sent
    std::optional<Snds> snds;             ///< nothing: no row
};

struct ComplaintHistory {
    std::vector<MailDay> days;      ///< of the address, ascending; a day that is not here had no mail and no complaint
    std::vector<MailDay> elsewhere; ///< mail of the same lists and customers that left from other addresses of ours
    /// How old the mail was, in days (day received - day sent; the last stands for all older), when complaints came about mail
    /// that is at least a month old.
    std::vector<std::int64_t> ages;
};

/// A trial: a person moves a mail of ours to Junk in a mailbox of their own, and a report has to come.
struct FeedLife {
    std::optional<util::Seconds> last_report; ///< received, about any address of the feed, trials included
    std::int64_t trials = 0;
    std::int64_t trials_reported = 0;
};

struct SndsAccess {
    bool enrolled = false;
    std::optional<SndsStatus> status; ///< nothing: the address is on no range of the status page
    std::int64_t trap_hits_since_repair = 0;
};

/// A request, or a reply in its thread that asked again.
struct Request {
    std::string ticket; ///< empty: not told yet
    util::Seconds sent = 0;
    std::optional<MitigationOutcome> verdict; ///< nothing, or one that neither lifts nor refuses: open
    std::optional<util::Seconds> answered;
    bool withdrawn = false; ///< a person gave it up: it is not open
};

/// Whether others of our addresses were blocked by the same list in the same hours.
struct Fleet {
    std::int64_t addresses = 0; ///< ours that send to it, this one included
    std::int64_t hit = 0;       ///< of them blocked within the policy's hours of each other
    util::Seconds first_hit = 0;
    bool complaints_rose = false; ///< before it, by more than chance
};

struct Contact {
    bool hears_microsoft = false;      ///< mail from microsoft.com arrived there
    bool sends_through_address = true; ///< the blocked one
};

struct Evidence {
    Ip ip;
    /// Whose block is to be lifted, one of Microsoft's two. Outlook.com's consumer mailboxes are the only ones with complaint data.
    BlockList list = BlockList::outlook_com;
    util::Seconds now = 0; ///< when it is asked

    Known<std::vector<Refusals>> refusals; ///< since the last accepted delivery, of 30 days at most
    Known<Deliveries> deliveries;
    Known<Fleet> fleet;
    Known<AddressStanding> address;
    Known<PtrFinding> pointer;
    Known<std::vector<ListFinding>> spamhaus; ///< of the address and of the domains, by its own zones alone
    Known<std::vector<FromDomain>> from_domains;
    Known<Repair> repair;
    Known<Complainants> complainants;
    Known<Leaks> leaks;
    Known<ComplaintHistory> complaints;
    Known<FeedLife> feed;
    Known<SndsAccess> snds;
    Known<std::vector<Request>> requests; ///< about this address and list, ascending
    Known<Contact> contact;
};

} // namespace jmrp::domain
