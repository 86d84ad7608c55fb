#pragma once
#include "cli/config.hpp"
#include "publish/overview.hpp"
#include "store/store.hpp"

namespace jmrp::cli {

/// Gathers what is published. Takes about as long as `jmrp status`: the list is summed up.
publish::Overview gather_overview(store::Store& store, const Config& config, util::Seconds now);

} // namespace jmrp::cli
