#pragma once
// How a message ends: every way has a name, is counted, and can be explained.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/names.hpp"
#include "domain/reading.hpp"
#include "domain/refused.hpp"
#include "domain/scope.hpp"
#include "domain/sent.hpp"
#include "util/clock.hpp"
#include "util/digest.hpp"

namespace jmrp::domain {

enum class Disposition {
    complaint_suppressed,
    complaint_held,
    complaint_rejected,
    complaint_unattributed,
    complaint_protected,
    unsubscribe_suppressed,
    unsubscribe_held,
    unsubscribe_rejected,
    unsubscribe_unattributed,
    unsubscribe_protected,
    forged_report,
    foreign_report,
    not_a_complaint,
    duplicate_report,
    bounce,
    bounce_unverified,
    bounce_suppressed,
    support_reply,
    forged_reply,
    unrecognized,
    crashed,
};
template <>
struct Names<Disposition> {
    static constexpr std::pair<Disposition, std::string_view> table[] = {
        {Disposition::complaint_suppressed, "complaint-suppressed"},
        {Disposition::complaint_held, "complaint-held"},
        {Disposition::complaint_rejected, "complaint-rejected"},
        {Disposition::complaint_unattributed, "complaint-unattributed"},
        {Disposition::complaint_protected, "complaint-protected"},
        {Disposition::unsubscribe_suppressed, "unsubscribe-suppressed"},
        {Disposition::unsubscribe_held, "unsubscribe-held"},
        {Disposition::unsubscribe_rejected, "unsubscribe-rejected"},
        {Disposition::unsubscribe_unattributed, "unsubscribe-unattributed"},
        {Disposition::unsubscribe_protected, "unsubscribe-protected"},
        {Disposition::forged_report, "forged-report"},
        {Disposition::foreign_report, "foreign-report"},
        {Disposition::not_a_complaint, "not-a-complaint"},
        {Disposition::duplicate_report, "duplicate-report"},
        {Disposition::bounce, "bounce"},
        {Disposition::bounce_unverified, "bounce-unverified"},
        {Disposition::bounce_suppressed, "bounce-suppressed"},
        {Disposition::support_reply, "support-reply"},
        {Disposition::forged_reply, "forged-reply"},
        {Disposition::unrecognized, "unrecognized"},
        {Disposition::crashed, "crashed"}};
};
/// One sentence for people.
std::string_view explain(Disposition disposition);

/// Why a report waits for a person: `jmrp review`.
enum class Hold { unverified, unconfirmed, ambiguous, contradicted, pace };
template <>
struct Names<Hold> {
    static constexpr std::pair<Hold, std::string_view> table[] = {{Hold::unverified, "unverified"},
                                                                  {Hold::unconfirmed, "unconfirmed"},
                                                                  {Hold::ambiguous, "ambiguous"},
                                                                  {Hold::contradicted, "contradicted"},
                                                                  {Hold::pace, "pace"}};
};
/// One sentence for people.
std::string_view explain(Hold hold);

/// What settling one message writes: pure arithmetic made it (ingest::judge), the store only stores it.
struct Settlement {
    struct Report {
        FeedbackReport report;
        util::Digest identity{};
        util::Seconds report_date = 0; ///< when the report came, at most the time of receipt
        util::Day report_day = 0;      ///< day of report_date
        util::Day arrival_day = 0;     ///< day the reported mail arrived; report_day where that is not known
        std::uint32_t counted = 0;     ///< complaints it stands for; 0 where it is none
        /// What it counts for besides its source IP, as far as the report tells it.
        std::optional<std::string> sending_domain; ///< of ours
        std::optional<std::string> list;           ///< lower case
        std::optional<std::string> campaign;
        /// What the provider found of the signatures of our mail, where the report is believed.
        struct Dkim {
            std::string from_domain; ///< of ours
            bool aligned = false;    ///< one is right whose d= is that domain or one above it
        };
        std::optional<Dkim> dkim;
        bool attributed = false;   ///< it is known who it is about: an address or a list program's identifier
        std::vector<Person> named; ///< whom it is about, or, where that is ambiguous, may be about
        std::vector<Person>
            suppress;             ///< of these, whom to suppress; where it is held, whom a person can have suppressed
        Scope scope;              ///< of their suppression
        std::optional<Hold> hold; ///< a person decides
        /// Reports that suppress more people an hour than that are held; 0: no bound. Only the store can count them.
        std::uint32_t pace_per_hour = 0;
    };

    struct Bounce {
        std::vector<Bounced> recipients;
        std::vector<Person> suppress;    ///< of them, those whose mailbox does not exist
        std::uint32_t pace_per_hour = 0; ///< as for reports; beyond it nobody is suppressed
        /// Nothing proves it so far: what to ask the send log when it was read further.
        std::optional<ReturnedMail> unproven;
    };

    struct Answer {
        SupportReply reply;
        util::Seconds at = 0; ///< its Date, at most the time of receipt
    };

    std::int64_t message_id = 0;
    std::string feed;
    util::Seconds received_at = 0;
    util::Seconds settled_at = 0; ///< at its receipt where it is 0
    std::string kind;
    Disposition disposition = Disposition::unrecognized;
    std::optional<Report> report;
    std::optional<Bounce> bounce;
    std::optional<Answer> answer;
    std::optional<std::string> quarantine; ///< the reason, where a person has to look at it
    std::optional<SentEvidence> sent;      ///< what the send log said just now, to be kept
    bool wants_dkim = false;               ///< nothing is settled before its signatures are checked
};

} // namespace jmrp::domain
