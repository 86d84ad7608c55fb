#include "store/export_runs.hpp"

#include "store/connection.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

constexpr util::Seconds day = 86400;
constexpr util::Seconds every_run_for = 42 * day;
constexpr util::Seconds kept_for = 400 * day;

std::string scope_text(const domain::SuppressionFilter& filter) {
    return filter.scope ? filter.scope->text() : std::string();
}

std::string reasons_text(const domain::SuppressionFilter& filter) {
    std::string out;
    for (const domain::Reason reason : filter.reasons)
        out += (out.empty() ? "" : " ") + std::string(to_text(reason));
    return out;
}

domain::SuppressionFilter filter_of(std::string_view scope, std::string_view reasons) {
    domain::SuppressionFilter out;
    if (!scope.empty())
        out.scope = domain::parse_scope(scope);
    for (const std::string_view name : util::split(reasons, ' '))
        if (const auto reason = domain::from_text<domain::Reason>(name))
            out.reasons.push_back(*reason);
    return out;
}

} // namespace

void keep_export_run(const Sqlite& database, std::int64_t consumer_id, const domain::ExportRun& run) {
    const std::string scope = scope_text(run.filter);
    const std::string reasons = reasons_text(run.filter);
    Statement move(database,
                   "UPDATE export_run SET covers_until = max(covers_until, ?2) WHERE consumer_id = ?1 AND at = "
                   "(SELECT max(at) FROM export_run WHERE consumer_id = ?1) AND seq = ?3 AND scope = ?4 AND "
                   "reasons = ?5");
    move.bind(1, consumer_id).bind(2, run.covers_until).bind(3, run.seq).bind(4, scope).bind(5, reasons).step();
    if (database.changes() > 0)
        return;
    Statement insert(database,
                     "INSERT INTO export_run (consumer_id, at, covers_until, seq, scope, reasons) VALUES (?1, "
                     "?2, ?3, ?4, ?5, ?6) ON CONFLICT (consumer_id, at) DO UPDATE SET covers_until = "
                     "excluded.covers_until, seq = excluded.seq, scope = excluded.scope, reasons = "
                     "excluded.reasons");
    insert.bind(1, consumer_id).bind(2, run.at).bind(3, run.covers_until).bind(4, run.seq);
    insert.bind(5, scope).bind(6, reasons).step();
}

void thin_export_runs(const Sqlite& database, util::Seconds now) {
    Statement same_day(database,
                       "DELETE FROM export_run WHERE at < ?1 AND EXISTS (SELECT 1 FROM export_run AS later WHERE "
                       "later.consumer_id = export_run.consumer_id AND later.at > export_run.at AND later.at < "
                       "(export_run.at / 86400 + 1) * 86400 AND later.scope = export_run.scope AND later.reasons = "
                       "export_run.reasons)");
    same_day.bind(1, (now - every_run_for) / day * day).step();
    Statement old(database, "DELETE FROM export_run WHERE at < ?1 AND at < (SELECT max(at) FROM export_run AS later "
                            "WHERE later.consumer_id = export_run.consumer_id)");
    old.bind(1, now - kept_for).step();
}

std::vector<domain::ExportRun> Store::export_runs() {
    std::vector<domain::ExportRun> out;
    connection_->translated("read the runs of exports", [&] {
        const Sqlite database = connection_->raw("read the runs of exports");
        Statement rows(database, "SELECT c.name, r.at, r.covers_until, r.seq, r.scope, r.reasons FROM export_run AS r "
                                 "JOIN export_consumer AS c ON c.id = r.consumer_id ORDER BY c.name, r.at");
        while (rows.step())
            out.push_back({std::string(rows.text(0)), rows.number(1), rows.number(2), rows.number(3),
                           filter_of(rows.text(4), rows.text(5))});
    });
    return out;
}

} // namespace jmrp::store
