#pragma once
// The rows of bounces. Private to store/.
#include "store/connection.hpp"

namespace jmrp::store {

/// Who did not get the mail, and what to ask about it later. Whom it suppresses is written as reports write it.
void write_bounce(soci::session& sql, const domain::Settlement& settlement);

} // namespace jmrp::store
