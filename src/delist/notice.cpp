#include "delist/notice.hpp"

#include "delist/refusal_history.hpp"

namespace jmrp::delist {

std::string newest_notice(store::Store& store, const domain::Evidence& evidence,
                          const std::vector<domain::Network>& own_networks) {
    const domain::Bounced* newest = nullptr;
    const std::vector<domain::Bounced> all = store.bounced(evidence.now - util::Seconds{days_watched} * a_day);
    for (const domain::Bounced& bounce : all)
        if (bounce.proof != domain::BounceProof::none && bounce.refused.servers == evidence.list &&
            happening(bounce.refused) == reputation::BlockEventKind::block &&
            address_of(bounce.refused.ip, own_networks) == evidence.ip && (!newest || bounce.at >= newest->at))
            newest = &bounce;
    const auto kept = newest ? store.message(newest->message_id) : std::nullopt;
    return kept ? kept->bytes : std::string();
}

} // namespace jmrp::delist
