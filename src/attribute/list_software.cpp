// What list programs write to know their subscriber again. Not sealed, and mostly no address.
#include <algorithm>

#include "attribute/rungs.hpp"
#include "attribute/subscriber.hpp"

namespace jmrp::attribute {

Finding read_list_software(const Evidence& evidence) {
    SubscriberReading reading = read_subscribers(
        evidence.original, evidence.report.original_mail_from.value.value_or(""), evidence.rules.subscriber_patterns);
    Finding finding;
    finding.basis = domain::Basis::own_key;
    finding.field = std::move(reading.field);
    finding.why = std::move(reading.why);
    finding.contradictory = reading.conflict;
    finding.subscribers = std::move(reading.subscribers);
    if (reading.address) {
        finding.status = domain::RecipientStatus::known;
        finding.addresses = {std::move(*reading.address)};
    }
    return finding;
}

} // namespace jmrp::attribute
