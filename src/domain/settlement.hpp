#pragma once
// How a message ends: every way has a name, is counted, and can be explained.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/names.hpp"
#include "domain/reading.hpp"
#include "util/clock.hpp"
#include "util/digest.hpp"

namespace jmrp::domain {

enum class Disposition {
    complaint_suppressed,
    complaint_unattributed,
    complaint_protected,
    unsubscribe_suppressed,
    unsubscribe_unattributed,
    unsubscribe_protected,
    not_a_complaint,
    duplicate_report,
    bounce,
    support_reply,
    unrecognized,
    crashed,
};
template <>
struct Names<Disposition> {
    static constexpr std::pair<Disposition, std::string_view> table[] = {
        {Disposition::complaint_suppressed, "complaint-suppressed"},
        {Disposition::complaint_unattributed, "complaint-unattributed"},
        {Disposition::complaint_protected, "complaint-protected"},
        {Disposition::unsubscribe_suppressed, "unsubscribe-suppressed"},
        {Disposition::unsubscribe_unattributed, "unsubscribe-unattributed"},
        {Disposition::unsubscribe_protected, "unsubscribe-protected"},
        {Disposition::not_a_complaint, "not-a-complaint"},
        {Disposition::duplicate_report, "duplicate-report"},
        {Disposition::bounce, "bounce"},
        {Disposition::support_reply, "support-reply"},
        {Disposition::unrecognized, "unrecognized"},
        {Disposition::crashed, "crashed"}};
};
/// One sentence for people.
std::string_view explain(Disposition disposition);

/// What settling one message writes: pure arithmetic made it (ingest::judge), the store only stores it.
struct Settlement {
    struct Report {
        FeedbackReport report;
        util::Digest identity{};
        util::Seconds report_date = 0; ///< when the report came, at most the time of receipt
        util::Day report_day = 0;      ///< day of report_date
        util::Day arrival_day = 0;     ///< day the reported mail arrived; report_day where that is not known
        std::uint32_t counted = 0;     ///< complaints it stands for; 0 where it is none
        std::vector<Address> suppress; ///< whom to suppress
    };

    std::int64_t message_id = 0;
    std::string feed;
    util::Seconds received_at = 0;
    std::string kind;
    Disposition disposition = Disposition::unrecognized;
    std::optional<Report> report;
    std::optional<std::string> quarantine; ///< the reason, where a person has to look at it
};

} // namespace jmrp::domain
