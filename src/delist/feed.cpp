#include "delist/feed.hpp"

#include <algorithm>

namespace jmrp::delist {

void add_feed(domain::Evidence& evidence, store::Store& store, const std::vector<std::string>& feeds) {
    constexpr util::Day longest = 120;
    domain::FeedLife out;
    for (const domain::FeedDay& day : store.feed_days(util::day_of(evidence.now) - longest))
        if (day.reports > 0 && (feeds.empty() || std::ranges::find(feeds, day.feed) != feeds.end()))
            out.last_report = std::max(out.last_report.value_or(0), day.last_report_at);
    evidence.feed = {{out, "reports", evidence.now}};
}

} // namespace jmrp::delist
