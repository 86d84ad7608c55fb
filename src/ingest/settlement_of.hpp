#pragma once
#include <string_view>

#include "domain/facts.hpp"
#include "ingest/ingest.hpp"

namespace jmrp::ingest {

/// A kept message without its bytes.
struct Kept {
    std::int64_t message_id = 0;
    std::string feed;
    util::Seconds received_at = 0;
    domain::Facts facts;
};

/// What follows from a message. Pure, but for the named place to die at in developer builds.
domain::Settlement settlement_of(const Kept& kept, std::string_view bytes, const Rules& rules);
/// For a message that killed the reader too often to be read again.
domain::Settlement settlement_of_killer(const Kept& kept);

} // namespace jmrp::ingest
