#include "delist/complainants.hpp"

#include <algorithm>

namespace jmrp::delist {

namespace {

constexpr util::Day days_of_complaints = 90;

/// Nobody sends by the list of a consumer that is gone.
std::vector<domain::ExportRun> runs_of(store::Store& store, const std::vector<domain::Consumer>& consumers) {
    std::vector<domain::ExportRun> out = store.export_runs();
    std::erase_if(out, [&](const domain::ExportRun& run) {
        return std::ranges::find(consumers, run.consumer, &domain::Consumer::name) == consumers.end();
    });
    return out;
}

} // namespace

ListHolders::ListHolders(store::Store& store, const std::vector<domain::Consumer>& all, util::Seconds grace_seconds)
    : consumers(all), grace(grace_seconds), runs(runs_of(store, all)), finder(runs, grace) {}

store::Complainants find_complainants(store::Store& store, const domain::Evidence& evidence,
                                      const ListHolders& holders) {
    const util::Day today = util::day_of(evidence.now);
    return store.complainants(evidence.ip, today - days_of_complaints, today,
                              evidence.now - std::max(holders.grace, domain::settled_in_time));
}

void add_complainants(domain::Evidence& evidence, store::Store& store, const store::Complainants& who,
                      const ListHolders& holders) {
    if (evidence.list != domain::BlockList::outlook_com ||
        store.feed_days(util::day_of(evidence.now) - days_of_complaints).empty())
        return;
    domain::Complainants out;
    out.known = static_cast<std::int64_t>(who.people.size());
    out.unnamed = who.unnamed;
    for (const domain::PersonHistory& person : who.people) {
        const auto standing = holders.finder.standing(person, holders.consumers, evidence.now);
        out.suppressed += standing.suppressed ? 1 : 0;
        out.exported += standing.exported ? 1 : 0;
    }
    evidence.complainants = {{out, "reports, exports", evidence.now}};
}

} // namespace jmrp::delist
