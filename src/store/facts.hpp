#pragma once
// What the outside said about messages, and what people decided about them. Private to store/.
#include "store/connection.hpp"

namespace jmrp::store {

/// Fills in what is known of claimed messages: the send log's word and a person's.
void load_facts(soci::session& sql, std::vector<Claimed>& claimed);
void keep_sent_evidence(soci::session& sql, long long message_id, const domain::SentEvidence& evidence);

} // namespace jmrp::store
