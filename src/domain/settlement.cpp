#include "domain/settlement.hpp"

namespace jmrp::domain {

std::string_view explain(Disposition disposition) {
    switch (disposition) {
    case Disposition::complaint_suppressed:
        return "a complaint; its recipient is suppressed";
    case Disposition::complaint_held:
        return "a complaint that names somebody, but not surely enough; counted, 'jmrp review' shows it";
    case Disposition::complaint_rejected:
        return "a complaint that named somebody; a person said no; counted";
    case Disposition::complaint_unattributed:
        return "a complaint that does not tell who complained; counted for its source IP";
    case Disposition::complaint_protected:
        return "a complaint about an address that is never suppressed (a role account or one of ours); counted";
    case Disposition::unsubscribe_suppressed:
        return "an opt-out; its recipient is suppressed";
    case Disposition::unsubscribe_held:
        return "an opt-out that names somebody, but not surely enough; 'jmrp review' shows it";
    case Disposition::unsubscribe_rejected:
        return "an opt-out that named somebody; a person said no";
    case Disposition::unsubscribe_unattributed:
        return "an opt-out that does not tell whose";
    case Disposition::unsubscribe_protected:
        return "an opt-out of an address that is never suppressed (a role account or one of ours)";
    case Disposition::forged_report:
        return "it claims a provider that did not send it; kept as evidence, counts for nothing";
    case Disposition::foreign_report:
        return "a report about mail from somebody else's IP; kept, counts for nothing";
    case Disposition::not_a_complaint:
        return "a feedback report of another type (not-spam, auth-failure, virus ...); kept, counts for nothing";
    case Disposition::duplicate_report:
        return "a report that was counted before and came again by another route";
    case Disposition::bounce:
        return "mail of yours that came back";
    case Disposition::bounce_unverified:
        return "somebody says that mail came back, and nothing proves that it was yours; kept, counts for nothing";
    case Disposition::bounce_suppressed:
        return "mail of yours to a mailbox that does not exist; its recipient is suppressed";
    case Disposition::support_reply:
        return "an answer of Microsoft's sender support; 'jmrp delist list' shows what follows from it";
    case Disposition::forged_reply:
        return "it claims to be an answer of Microsoft's sender support and is not; kept as evidence, changes nothing";
    case Disposition::unrecognized:
        return "not understood; in quarantine for a person";
    case Disposition::crashed:
        return "killed the reader three times; in quarantine";
    }
    return {};
}

std::string_view explain(Hold hold) {
    switch (hold) {
    case Hold::unverified:
        return "nothing proves that the provider sent this report";
    case Hold::unconfirmed:
        return "only the report's own word names the address";
    case Hold::ambiguous:
        return "the mail went to several people";
    case Hold::contradicted:
        return "what we wrote into the mail and into the logs names different people";
    case Hold::pace:
        return "more people were named within an hour than usual";
    }
    return {};
}

} // namespace jmrp::domain
