#pragma once
// What the outside said about messages, and what people decided about them. Private to store/.
#include "store/connection.hpp"

namespace jmrp::store {

domain::Facts load_facts(soci::session& sql, long long message_id);
void keep_sent_evidence(soci::session& sql, long long message_id, const domain::SentEvidence& evidence);

} // namespace jmrp::store
