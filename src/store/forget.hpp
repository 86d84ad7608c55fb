#pragma once
// Erases one person from everything of ours. Everything throws util::Fault as the functions of store.hpp do.
#include "domain/subscriber.hpp"
#include "store/store.hpp"

namespace jmrp::store {

struct Forgotten {
    std::int64_t messages = 0; ///< whose bytes are gone; they go on counting
    std::int64_t scopes = 0;   ///< for which the person stays suppressed
};

/// Takes the person out of the database, the send log and the record of stamped mail, and the bytes of every message that names
/// it; what these messages counted stays, also after a rebuild. What was in force is kept under a salted digest, so that
/// Store::look_up_suppressions() still knows it; no list can name it any more. Nothing of it can be read from the files
/// afterwards: they are written anew, which takes its time. Nobody settles meanwhile.
///
/// A message in which the address stands in an encoding alone, and that no report is, is not found.
Forgotten forget(const Options& options, const domain::Person& person, util::Seconds now);

} // namespace jmrp::store
