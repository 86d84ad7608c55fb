#pragma once
// Refusals and deliveries as they are remembered, each with its address. Private to delist/.
#include <functional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "delist/blocks.hpp"

namespace jmrp::delist {

inline constexpr util::Seconds an_hour = 3600;
inline constexpr util::Seconds a_day = 24 * an_hour;

/// The address, where it is told, or there is only one that it can be.
std::optional<domain::Ip> address_of(const std::optional<domain::Ip>& told,
                                     const std::vector<domain::Network>& own_networks);

/// Whose state a refusal is about; nothing where nothing tells the address.
std::optional<Place> place_of(const domain::Refused& refused, const std::vector<domain::Network>& own_networks);

/// What a refusal does to a standing; nothing: nothing.
std::optional<reputation::BlockEventKind> happening(const domain::Refused& refused);

/// Calls `each` for every refusal since then: hours of the log, then bounces, as hours of one. `by_bounce` is null for the log.
void for_each_refusal(
    store::Store& store, const std::vector<domain::Network>& own_networks, util::Seconds since,
    const std::function<void(const domain::RefusedHour& hour, const domain::Bounced* by_bounce)>& each);

} // namespace jmrp::delist
