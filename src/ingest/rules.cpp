#include <algorithm>

#include "ingest/ingest.hpp"

namespace jmrp::ingest {

const FeedRules& Rules::of(std::string_view feed) const {
    const auto found = feeds.find(feed);
    return found == feeds.end() ? *this : found->second;
}

bool Rules::check_dkim() const {
    return reading.authenticity.check_dkim ||
           std::ranges::any_of(feeds, [](const auto& feed) { return feed.second.reading.authenticity.check_dkim; });
}

} // namespace jmrp::ingest
