#include "delist/snds.hpp"

#include <algorithm>

namespace jmrp::delist {

namespace {

constexpr util::Day days_of_rows = 120;
constexpr util::Day days_of_network = 30;

bool holds(const domain::SndsStatus& range, const domain::Ip& ip) {
    return range.first <= ip && ip <= range.last;
}

} // namespace

void add_snds(domain::Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks,
              bool without_access) {
    const util::Day today = util::day_of(evidence.now);
    const domain::SndsStanding standing = store.snds_standing();
    const auto asked = store.snds_asked(today - days_of_rows, today);
    util::Seconds at = standing.at.value_or(0);
    for (const auto& [day, answer] : asked)
        if (answer.outcome != domain::SndsOutcome::failed)
            at = std::max(at, answer.at);
    if (at == 0) {
        if (without_access)
            evidence.snds = {{{}, "configuration", evidence.now}};
        return;
    }
    domain::SndsAccess out;
    const std::vector<domain::SndsDay> rows = store.snds_days(today - days_of_rows, today, evidence.ip);
    const auto range =
        std::ranges::find_if(standing.ranges, [&](const domain::SndsStatus& one) { return holds(one, evidence.ip); });
    if (range != standing.ranges.end())
        out.status = *range;
    const auto is_neighbour = [&](const domain::Ip& ip) {
        return std::ranges::any_of(own_networks, [&](const domain::Network& network) {
            return network.contains(evidence.ip) && network.contains(ip);
        });
    };
    out.enrolled = !rows.empty() || out.status || std::ranges::any_of(standing.ranges, [&](const auto& one) {
        return is_neighbour(one.first);
    }) || std::ranges::any_of(store.snds_days(today - days_of_network, today), is_neighbour, &domain::SndsDay::ip);
    const util::Day repaired = evidence.repair ? util::day_of(evidence.repair->value.at) : 0;
    for (const domain::SndsDay& row : rows)
        if (row.day > repaired)
            out.trap_hits_since_repair += row.trap_hits.value_or(0);
    evidence.snds = {{std::move(out), "SNDS", at}};
}

} // namespace jmrp::delist
