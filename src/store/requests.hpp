#pragma once
// Answers of sender support as derived rows. Private to store/.
#include "store/connection.hpp"

namespace jmrp::store {

void write_answer(soci::session& sql, std::int64_t message_id, const domain::Settlement::Answer& answer);

} // namespace jmrp::store
