#pragma once
// After an answer: what to do next, and whether an address that was let in again stays well. Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/rejection.hpp"
#include "reputation/block_state.hpp"
#include "reputation/health.hpp"

namespace jmrp::reputation {

/// What a person does next, one sentence without its end.
std::string next_step(const BlockStanding& standing, util::Seconds now);

/// Addresses that stand alike with a list.
struct Watched {
    std::string name; ///< "192.0.2.10", "192.0.2.0/28"
    domain::BlockList list = domain::BlockList::outlook_com;
    BlockStanding standing;
    std::int64_t complaints = 0; ///< about mail sent after the verdict
};

/// They were let in by the last verdict, and it is not so long ago that nobody has to look at it any more.
bool is_watched(const BlockStanding& standing, util::Seconds now);

/// Rule "mitigated": one finding for each that is watched, or one that none is. Complaints about mail sent after the verdict, and
/// block refusals of mail sent once it had reached all servers.
std::vector<Finding> judge_mitigated(const std::vector<Watched>& watched, util::Seconds now);

/// Rule "replies": answers of sender support that a person has to read. `oldest`: when the first of them came.
Finding judge_replies(std::int64_t waiting, std::optional<util::Seconds> oldest, util::Seconds now);

} // namespace jmrp::reputation
