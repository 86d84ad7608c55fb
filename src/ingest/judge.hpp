#pragma once
#include "domain/facts.hpp"
#include "domain/ip.hpp"
#include "domain/policy.hpp"
#include "domain/reading.hpp"
#include "domain/settlement.hpp"

namespace jmrp::ingest {

/// What a judgement rests on besides the reading.
struct Grounds {
    const domain::Policy& policy;
    const std::vector<domain::Network>& own_networks;
    util::Seconds received_at = 0;
    std::optional<domain::Review> review; ///< a person's word about this report outranks the policy
};

/// What follows from a reading: how the message ends, what it counts and whom it suppresses. Pure. An address is
/// suppressed without a person only where the report is about our mail, is believed, and somebody confirms the address; a
/// token of ours that opened stands for all three unless the report is forged.
domain::Settlement judge(domain::Reading reading, const Grounds& grounds);

} // namespace jmrp::ingest
