#pragma once
// When each target had what. Private to store/.
#include "domain/leak.hpp"
#include "store/sqlite.hpp"

namespace jmrp::store {

/// Adds the run, or, where its consumer had the same part of the journal before, notes that it still has everything.
void keep_export_run(const Sqlite& database, std::int64_t consumer_id, const domain::ExportRun& run);
/// Of what is older than six weeks the last run of a day stays, of what is older than 400 days the last one of all: who was on the
/// list before them counts as exported by the next that is kept.
void thin_export_runs(const Sqlite& database, util::Seconds now);

} // namespace jmrp::store
