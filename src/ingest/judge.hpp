#pragma once
#include "domain/policy.hpp"
#include "domain/reading.hpp"
#include "domain/settlement.hpp"

namespace jmrp::ingest {

/// What follows from a reading: how the message ends, what it counts and whom it suppresses. Pure.
domain::Settlement judge(domain::Reading reading, const domain::Policy& policy, util::Seconds received_at);

} // namespace jmrp::ingest
