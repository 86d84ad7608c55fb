#pragma once
#include "ingest/judge.hpp"

namespace jmrp::ingest {

/// What follows from a bounce. A refusal says nothing about the recipient unless the recipient is its reason; and a stranger's
/// word, nothing at all.
domain::Settlement judge_bounce(const domain::Bounce& bounce, const Grounds& grounds);

} // namespace jmrp::ingest
