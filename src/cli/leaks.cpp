#include "cli/leaks.hpp"

#include <algorithm>

#include "reputation/leaks.hpp"

namespace jmrp::cli {

void for_each_leak(store::Store& store, const Config& config, int days, util::Seconds now,
                   const std::function<void(const domain::Leak&)>& each) {
    store.in_snapshot([&] {
        std::vector<domain::ExportRun> runs = store.export_runs();
        std::erase_if(runs, [&](const domain::ExportRun& run) { // nobody sends by the list of a consumer that is gone
            return std::ranges::find(config.exports, run.consumer, &domain::Consumer::name) == config.exports.end();
        });
        if (runs.empty())
            return;
        const reputation::LeakFinder finder(runs, util::Seconds{config.leaks.grace_minutes} * 60);
        const util::Seconds since = (util::Seconds{util::day_of(now)} - days + 1) * 86400;
        store.for_each_repeated_complaint(since,
                                          [&](const domain::PersonHistory& person) { finder.find(person, each); });
    });
}

void add_to(domain::LeakCount& count, const domain::Leak& leak) {
    if (!leak.complaint.sent_at) {
        ++count.undated;
    } else if (!leak.complaint.certain) {
        ++count.unverified;
    } else {
        ++count.certain;
        for (const domain::Leak::Export& one : leak.exports)
            ++count.by_consumer[one.consumer];
    }
}

} // namespace jmrp::cli
