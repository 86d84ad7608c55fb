#include "cli/feeds.hpp"

#include <algorithm>

#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

std::vector<const domain::Feed*> feeds_with_mailbox(const Config& config, const std::vector<std::string>& names) {
    std::vector<const domain::Feed*> with;
    std::string known;
    for (const domain::Feed& feed : config.feeds)
        if (feed.mailbox) {
            with.push_back(&feed);
            known += (known.empty() ? "" : ", ") + feed.name;
        }
    if (with.empty())
        throw util::Fault(util::FaultKind::configuration, "poll a mailbox", "the configuration has no feed with one",
                          "jmrp.toml(5) says what stands under [feed.NAME]");
    if (names.empty())
        return with;
    std::vector<const domain::Feed*> out;
    for (const std::string& name : names) {
        const auto found = std::ranges::find(with, name, &domain::Feed::name);
        if (found == with.end())
            throw util::Fault(util::FaultKind::usage, "poll the feed '" + util::for_terminal(name) + "'",
                              "the configuration has no such feed with a mailbox", "there are: " + known);
        if (std::ranges::find(out, *found) == out.end())
            out.push_back(*found);
    }
    return out;
}

std::vector<domain::PolledFeed> polled_feeds(const Config& config, store::Store& store) {
    std::vector<domain::PolledFeed> out;
    const auto polled = store.polled();
    for (const domain::Feed& feed : config.feeds) {
        if (!feed.mailbox)
            continue;
        const auto found = polled.find(feed.name);
        out.push_back({feed.name, found == polled.end() ? std::nullopt : std::optional(found->second)});
    }
    return out;
}

} // namespace jmrp::cli
