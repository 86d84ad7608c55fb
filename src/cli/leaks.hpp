#pragma once
#include <functional>

#include "cli/config.hpp"
#include "domain/leak.hpp"
#include "store/store.hpp"

namespace jmrp::cli {

/// What complaints received in the last `days` days tell of mail to people who are on the list of a configured consumer; today is
/// one of the days.
void for_each_leak(store::Store& store, const Config& config, int days, util::Seconds now,
                   const std::function<void(const domain::Leak&)>& each);
void add_to(domain::LeakCount& count, const domain::Leak& leak);

} // namespace jmrp::cli
