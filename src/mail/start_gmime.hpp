#pragma once

namespace jmrp::mail {

/// Before the first call of GMime; the second time it costs nothing. Private to mail/.
void start_gmime();

} // namespace jmrp::mail
