#pragma once
// What several commands want to know of blocks.
#include "cli/config.hpp"
#include "delist/blocks.hpp"
#include "publish/overview.hpp"
#include "reputation/blocks_health.hpp"
#include "store/store.hpp"

namespace jmrp::cli {

/// Where every address stands that was refused in the last `days`.
delist::Blocks gather_blocks(store::Store& store, const Config& config, util::Seconds now,
                             int days = delist::days_watched);

/// Of every address and list that is remembered, for `jmrp check`.
std::vector<reputation::BlockSeen> observe_blocks(store::Store& store, const Config& config, util::Seconds now);
/// The same for monitors.
std::vector<publish::Block> blocks_to_publish(store::Store& store, const Config& config, util::Seconds now);

} // namespace jmrp::cli
