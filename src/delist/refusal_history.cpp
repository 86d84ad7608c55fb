#include "delist/refusal_history.hpp"

#include "util/text.hpp"

namespace jmrp::delist {

namespace {

using domain::Refused;

/// What one refusal is known by, in the log and in the bounce about it.
using Same = std::tuple<std::string, std::string, std::string, std::string, std::string>;
Same same(const Refused& refused, const std::vector<domain::Network>& own_networks) {
    const auto ip = address_of(refused.ip, own_networks);
    return {ip ? ip->text() : std::string(), std::string(refused.servers ? to_text(*refused.servers) : ""),
            std::string(to_text(refused.category)), std::string(refused.list ? to_text(*refused.list) : ""),
            refused.code};
}

} // namespace

std::optional<domain::Ip> address_of(const std::optional<domain::Ip>& told,
                                     const std::vector<domain::Network>& own_networks) {
    if (told || own_networks.size() != 1)
        return told;
    const domain::Network& only = own_networks.front();
    return only.prefix == (only.base.is_v4() ? 32 : 128) ? std::optional(only.base) : std::nullopt;
}

std::optional<Place> place_of(const Refused& refused, const std::vector<domain::Network>& own_networks) {
    const auto ip = address_of(refused.ip, own_networks);
    if (!ip || !refused.servers)
        return std::nullopt;
    const bool spamhaus =
        refused.list == domain::BlockList::spamhaus && refused.category == domain::RejectionCategory::ip_block;
    return Place{*ip, spamhaus ? domain::BlockList::spamhaus : *refused.servers};
}

std::optional<reputation::BlockEventKind> happening(const Refused& refused) {
    switch (refused.category) {
    case domain::RejectionCategory::ip_block:
        return reputation::BlockEventKind::block;
    case domain::RejectionCategory::rate_limit:
        return reputation::BlockEventKind::rate_limit;
    default:
        return std::nullopt;
    }
}

void for_each_refusal(
    store::Store& store, const std::vector<domain::Network>& own_networks, util::Seconds since,
    const std::function<void(const domain::RefusedHour& hour, const domain::Bounced* by_bounce)>& each) {
    const std::vector<domain::Bounced> bounces = store.bounced(since);
    std::set<std::pair<Same, util::Seconds>> logged; // with the hour; asked about where there are bounces
    store.for_each_refused_hour(since, [&](const domain::RefusedHour& hour) {
        if (!bounces.empty())
            logged.insert({same(hour.refused, own_networks), hour.first / an_hour});
        each(hour, nullptr);
    });
    std::set<std::tuple<Same, std::string, util::Seconds>> seen; // a bounce may come by two ways
    for (const domain::Bounced& bounce : bounces) {
        if (bounce.proof == domain::BounceProof::none)
            continue;
        const Same key = same(bounce.refused, own_networks);
        const util::Seconds hour = bounce.at / an_hour;
        if (logged.contains({key, hour - 1}) || logged.contains({key, hour}) || logged.contains({key, hour + 1}) ||
            !seen.insert({key, bounce.address_key, bounce.at}).second)
            continue;
        each({bounce.refused, 1, bounce.at, bounce.at}, &bounce);
    }
}

} // namespace jmrp::delist
