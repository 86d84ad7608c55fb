#pragma once
// What the tables of signatures share with claim() and settle(). Private to store/.
#include "store/connection.hpp"

namespace jmrp::store {

/// Takes a message from the queue to the place where it waits for its signatures, inside the caller's transaction. One that
/// waited before keeps its age; what is not in the queue is left alone.
void want_dkim(soci::session& sql, std::int64_t message_id, util::Seconds at);
/// Fills in the findings of claimed messages that have one.
void load_dkim(soci::session& sql, std::vector<Claimed>& claimed);

} // namespace jmrp::store
