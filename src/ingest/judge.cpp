#include "ingest/judge.hpp"

#include <algorithm>

namespace jmrp::ingest {

namespace {

using domain::Disposition;

struct Judge {
    const domain::Policy& policy;
    util::Seconds received_at;

    domain::Settlement operator()(domain::Unrecognized unrecognized) const {
        domain::Settlement out;
        out.disposition = Disposition::unrecognized;
        out.quarantine = std::move(unrecognized.reason);
        return out;
    }

    domain::Settlement operator()(const domain::Bounce&) const {
        domain::Settlement out;
        out.disposition = Disposition::bounce;
        return out;
    }

    domain::Settlement operator()(const domain::SupportReply&) const {
        domain::Settlement out;
        out.disposition = Disposition::support_reply;
        return out;
    }

    domain::Settlement operator()(domain::FeedbackReport report) const {
        domain::Settlement out;
        domain::Settlement::Report row;
        // The time of arrival is part of the identity: whatever it is, equal reports keep equal digests.
        const util::Seconds arrival = report.arrival_date.value.value_or(0);
        row.identity = util::ordered_digest(static_cast<std::uint32_t>(arrival), "report", report.identity);
        // A date in the future is somebody's wrong clock or a lie; one in the past is an archive being read in.
        row.report_date = std::min(report.report_date.value_or(received_at), received_at);
        row.report_day = util::day_of(row.report_date);
        row.arrival_day = row.report_day;
        if (report.arrival_date.value)
            row.arrival_day = std::min(row.report_day, util::day_of(*report.arrival_date.value));
        if (report.complaint)
            row.counted = std::min(report.incidents, policy.incidents_cap);
        if (report.complaint || report.unsubscribe)
            std::copy_if(report.recipient.addresses.begin(), report.recipient.addresses.end(),
                         std::back_inserter(row.suppress),
                         [this](const domain::Address& address) { return !is_protected(policy, address); });
        out.disposition = disposition(report, row);
        row.report = std::move(report);
        out.report = std::move(row);
        return out;
    }

    static Disposition disposition(const domain::FeedbackReport& report, const domain::Settlement::Report& row) {
        if (!report.complaint && !report.unsubscribe)
            return Disposition::not_a_complaint;
        if (!row.suppress.empty())
            return report.complaint ? Disposition::complaint_suppressed : Disposition::unsubscribe_suppressed;
        if (!report.recipient.addresses.empty())
            return report.complaint ? Disposition::complaint_protected : Disposition::unsubscribe_protected;
        return report.complaint ? Disposition::complaint_unattributed : Disposition::unsubscribe_unattributed;
    }
};

} // namespace

domain::Settlement judge(domain::Reading reading, const domain::Policy& policy, util::Seconds received_at) {
    const std::string kind(kind_text(reading));
    domain::Settlement out = std::visit(Judge{policy, received_at}, std::move(reading.what));
    out.kind = kind;
    out.received_at = received_at;
    return out;
}

} // namespace jmrp::ingest
