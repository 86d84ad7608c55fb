// Any bytes are read as a mail: no crash, no hang, and what is said about the recipient agrees with itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ingest/interpret.hpp"

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

jmrp::domain::ReadingRules rules() {
    jmrp::domain::ReadingRules rules;
    rules.own_networks.push_back(*jmrp::domain::parse_network("192.0.2.0/24"));
    rules.believe_envelope_to = true;
    return rules;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const jmrp::domain::ReadingRules fixed = rules();
    const std::string_view mail(reinterpret_cast<const char*>(bytes), size);
    const jmrp::domain::Reading reading = jmrp::ingest::interpret(mail, fixed);
    const auto* report = std::get_if<jmrp::domain::FeedbackReport>(&reading.what);
    if (!report)
        return 0;
    const bool known = report->recipient.status == jmrp::domain::RecipientStatus::known;
    require(known == !report->recipient.addresses.empty());
    require(report->recipient.addresses.size() <= fixed.limits.recipients);
    for (const jmrp::domain::Address& address : report->recipient.addresses)
        require(!address.local.empty() && !address.domain.empty());
    require(report->source_ip.value.has_value() == !report->source_ip.from.empty());
    require(!(report->complaint && report->unsubscribe));
    return 0;
}
