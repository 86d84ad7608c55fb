#include "delist/standings.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "delist/decisions.hpp"
#include "delist/refusal_history.hpp"

namespace jmrp::delist {

RequestEvents request_events(const Correspondence& all, store::Store& store,
                             const std::vector<domain::Network>& own_networks, util::Seconds since,
                             const std::vector<Place>& more) {
    std::set<Place> places(more.begin(), more.end());
    for (const Subject& subject : subjects(all))
        if (subject.network.short_text() == subject.network.base.text())
            places.insert({subject.network.base, subject.list});
    const auto add = [&](const domain::Refused& refused) {
        if (const auto place = place_of(refused, own_networks))
            places.insert(*place);
    };
    for (const domain::RefusedHour& kind : store.newest_refused(since))
        add(kind.refused);
    for (const domain::Bounced& bounce : store.bounced(since))
        add(bounce.refused);
    RequestEvents out;
    for (const Place& place : places) {
        auto events = request_events(all, place.ip, place.list);
        std::ranges::copy(decision_events(store, place.ip, place.list), std::back_inserter(events));
        if (!events.empty())
            out.emplace(place, std::move(events));
    }
    return out;
}

std::map<Place, reputation::BlockStanding> standings(const Correspondence& all, store::Store& store,
                                                     const std::vector<domain::Network>& own_networks,
                                                     util::Seconds now, const std::vector<Place>& more) {
    std::vector<Place> places = more;
    for (const Subject& subject : subjects(all))
        places.push_back({subject.network.base, subject.list});
    std::map<Place, reputation::BlockStanding> out;
    for (const Place& place : places)
        out[place];
    if (places.empty())
        return out;
    const RequestEvents events = request_events(all, store, own_networks, now - days_watched * a_day, places);
    for (const Block& block : gather_blocks(store, own_networks, now, events).blocks)
        out[block.place] = block.standing;
    return out;
}

} // namespace jmrp::delist
