#include "delist/blocks.hpp"

#include <algorithm>
#include <set>

#include "delist/refusal_history.hpp"

namespace jmrp::delist {

namespace {

using domain::BlockList;
using domain::Refused;
using reputation::BlockEvent;
using reputation::BlockEventKind;
using reputation::BlockState;

using KindKey = std::tuple<domain::RejectionCategory, std::optional<BlockList>, std::string, std::optional<BlockList>>;
KindKey key_of(const Refused& refused) {
    return {refused.category, refused.list, refused.code, refused.servers};
}

struct History {
    std::map<KindKey, RefusalKind> kinds;
    std::set<BlockList> servers; ///< that refused
    std::vector<BlockEvent> accepted, refused;
    std::optional<util::Seconds> last_accepted;
};

void merge(RefusalKind& kind, const domain::RefusedHour& more, bool by_bounce) {
    domain::RefusedHour& sum = kind.refusals;
    const bool first = sum.count == 0;
    if (first || more.last >= sum.last)
        sum.refused = more.refused;
    sum.first = first ? more.first : std::min(sum.first, more.first);
    sum.last = first ? more.last : std::max(sum.last, more.last);
    sum.count += more.count;
    kind.by_bounces += by_bounce ? more.count : 0;
}

std::vector<RefusalKind> in_order(std::map<KindKey, RefusalKind>&& kinds) {
    std::vector<RefusalKind> out;
    for (auto& [key, kind] : kinds)
        out.push_back(std::move(kind));
    std::ranges::stable_sort(out, std::ranges::greater{}, [](const RefusalKind& kind) { return kind.refusals.last; });
    return out;
}

/// How much a state asks for a person, the most first.
int rank(BlockState state) {
    return is_blocked(state) ? 0 : state == BlockState::throttled ? 1 : state == BlockState::clear ? 3 : 2;
}

util::Seconds newest(const Block& block) {
    return block.kinds.empty() ? 0 : block.kinds.front().refusals.last;
}

} // namespace

bool is_blocked(BlockState state) {
    switch (state) {
    case BlockState::clear:
    case BlockState::throttled:
    case BlockState::mitigated_pending:
    case BlockState::mitigated_limited:
        return false;
    default:
        return true;
    }
}

std::int64_t Block::refusals() const {
    std::int64_t out = 0;
    for (const RefusalKind& kind : kinds)
        out += kind.refusals.count;
    return out;
}

std::int64_t Block::by_bounces() const {
    std::int64_t out = 0;
    for (const RefusalKind& kind : kinds)
        out += kind.by_bounces;
    return out;
}

const RefusalKind* Block::reason() const {
    for (const BlockEventKind wanted : {BlockEventKind::block, BlockEventKind::rate_limit})
        for (const RefusalKind& kind : kinds)
            if (happening(kind.refusals.refused) == wanted)
                return &kind;
    return nullptr;
}

Blocks gather_blocks(store::Store& store, const std::vector<domain::Network>& own_networks, util::Seconds now,
                     const RequestEvents& requests, int days) {
    const util::Seconds since = now - days * a_day;
    std::map<Place, History> histories;
    std::map<KindKey, RefusalKind> of_nobody;
    Blocks out;
    for (const auto& [place, events] : requests)
        histories[place].servers.insert(place.list);
    // The texts of the log are read once a kind, and not once an hour.
    for (const domain::RefusedHour& kind : store.newest_refused(since)) {
        const auto place = place_of(kind.refused, own_networks);
        merge((place ? histories[*place].kinds : of_nobody)[key_of(kind.refused)], kind, false);
    }
    for_each_refusal(store, own_networks, since, [&](const domain::RefusedHour& hour, const domain::Bounced* bounce) {
        const auto place = place_of(hour.refused, own_networks);
        if (bounce)
            merge((place ? histories[*place].kinds : of_nobody)[key_of(hour.refused)], hour, true);
        const auto what = happening(hour.refused);
        if (!place || !what)
            return;
        History& history = histories[*place];
        history.servers.insert(*hour.refused.servers);
        history.refused.push_back({hour.first, *what, hour.refused.code, std::nullopt});
        if (hour.last != hour.first)
            history.refused.push_back({hour.last, *what, hour.refused.code, std::nullopt});
    });
    store.for_each_delivery_hour(since, [&](const domain::DeliveryHour& hour) {
        const auto ip = address_of(hour.ip, own_networks);
        if (!ip || !hour.last_accepted)
            return;
        for (const BlockList list : {hour.servers, BlockList::spamhaus}) {
            const auto history = histories.find({*ip, list});
            if (history == histories.end() || !history->second.servers.contains(hour.servers))
                continue;
            history->second.accepted.push_back({*hour.last_accepted, BlockEventKind::accepted, {}, std::nullopt});
            history->second.last_accepted = std::max(history->second.last_accepted.value_or(0), *hour.last_accepted);
        }
    });
    for (auto& [place, history] : histories) {
        std::vector<BlockEvent> events = std::move(history.accepted); // of the same second a refusal is the last word
        events.insert(events.end(), history.refused.begin(), history.refused.end());
        if (const auto more = requests.find(place); more != requests.end())
            events.insert(events.end(), more->second.begin(), more->second.end());
        out.blocks.push_back({place, reputation::standing_after(std::move(events)), in_order(std::move(history.kinds)),
                              history.last_accepted});
    }
    std::ranges::stable_sort(out.blocks, [](const Block& a, const Block& b) {
        const int first = rank(a.standing.state), second = rank(b.standing.state);
        return first != second ? first < second : newest(a) > newest(b);
    });
    out.of_nobody = in_order(std::move(of_nobody));
    for (domain::Bounced& bounce : store.bounced(since))
        if (bounce.proof == domain::BounceProof::none)
            out.unproven.push_back(std::move(bounce));
    return out;
}

} // namespace jmrp::delist
