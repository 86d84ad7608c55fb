#pragma once
// The rule of `jmrp check` about blocks of our own addresses.
#include <string>
#include <vector>

#include "domain/rejection.hpp"
#include "reputation/block_state.hpp"
#include "reputation/health.hpp"

namespace jmrp::reputation {

struct BlockSeen {
    std::string ip;
    domain::BlockList list = domain::BlockList::outlook_com;
    BlockStanding standing;
    std::string code;               ///< of what is the reason for the standing; may be empty
    util::Seconds last_refused = 0; ///< the newest of those; 0: none is remembered
};

/// A block that was seen in the last three days is critical, until a request is under way; an older one, and a throttle that
/// lasts longer than a day, is a warning. One finding for each such address and list, one for all where there is none.
std::vector<Finding> judge_blocks(const std::vector<BlockSeen>& seen, util::Seconds now);

} // namespace jmrp::reputation
