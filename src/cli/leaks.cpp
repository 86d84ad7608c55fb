#include "cli/leaks.hpp"

#include "delist/leaks.hpp"

namespace jmrp::cli {

void for_each_leak(store::Store& store, const Config& config, int days, util::Seconds now,
                   const std::function<void(const domain::Leak&)>& each) {
    store.in_snapshot([&] {
        const delist::ListHolders holders(store, config.exports, util::Seconds{config.leaks.grace_minutes} * 60);
        delist::for_each_leak(store, holders, (util::Seconds{util::day_of(now)} - days + 1) * 86400, each);
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
