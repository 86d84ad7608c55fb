#include "domain/settlement.hpp"

namespace jmrp::domain {

std::string_view explain(Disposition disposition) {
    switch (disposition) {
    case Disposition::complaint_suppressed:
        return "a complaint; its recipient is suppressed";
    case Disposition::complaint_unattributed:
        return "a complaint that does not tell who complained; counted for its source IP";
    case Disposition::complaint_protected:
        return "a complaint about an address that is never suppressed (a role account or one of ours); counted";
    case Disposition::unsubscribe_suppressed:
        return "an opt-out; its recipient is suppressed";
    case Disposition::unsubscribe_unattributed:
        return "an opt-out that does not tell whose";
    case Disposition::unsubscribe_protected:
        return "an opt-out of an address that is never suppressed (a role account or one of ours)";
    case Disposition::not_a_complaint:
        return "a feedback report of another type (not-spam, auth-failure, virus ...); kept, counts for nothing";
    case Disposition::duplicate_report:
        return "a report that was counted before and came again by another route";
    case Disposition::bounce:
        return "a delivery status notification";
    case Disposition::support_reply:
        return "an answer of Microsoft's sender support";
    case Disposition::unrecognized:
        return "not understood; in quarantine for a person";
    case Disposition::crashed:
        return "killed the reader three times; in quarantine";
    }
    return {};
}

} // namespace jmrp::domain
