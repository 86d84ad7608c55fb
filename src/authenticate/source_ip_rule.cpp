#include "authenticate/rules.hpp"

namespace jmrp::authenticate {

Spoken read_source_ip(const Evidence& evidence) {
    using domain::Says;
    if (!evidence.report || !evidence.report->source_ip.value)
        return {Says::nothing, "it says no source IP"};
    const domain::Ip& ip = *evidence.report->source_ip.value;
    if (evidence.own_networks.empty())
        return {Says::nothing, "own.networks is empty, so nobody knows whether " + ip.text() + " is ours"};
    if (domain::any_contains(evidence.own_networks, ip))
        return {Says::nothing, "it is about our address " + ip.text() + ", which anybody can know"};
    return {Says::against, "it is about " + ip.text() + ", which is not in own.networks"};
}

} // namespace jmrp::authenticate
