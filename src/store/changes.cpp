#include "store/changes.hpp"

#include <algorithm>

#include "store/export_runs.hpp"
#include "util/kill_point.hpp"

namespace jmrp::store {

namespace {

constexpr util::Seconds kept_for = 30 * 86400;

} // namespace

ChangeRows::ChangeRows(soci::session& sql)
    : insert_((sql.prepare << "INSERT INTO suppression_change (address_key, scope, at) VALUES (:key, :scope, :at)",
               soci::use(key_), soci::use(scope_), soci::use(at_))) {}

void ChangeRows::write(std::string_view key, std::string_view scope, util::Seconds at) {
    key_ = key;
    scope_ = scope;
    at_ = at;
    insert_.execute(true);
}

bool Store::is_rebuilding() {
    bool out = false;
    connection_->translated("look for a rebuild", [&] {
        out =
            connection_->number("SELECT EXISTS (SELECT 1 FROM unsettled WHERE message_id <= (SELECT max(last_message) "
                                "FROM rebuild))") != 0;
    });
    return out;
}

domain::Cursor Store::newest_change(util::Seconds now) {
    domain::Cursor out{0, now};
    connection_->translated("read the journal", [&] {
        out.seq = connection_->number("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = "
                                      "'suppression_change'");
    });
    return out;
}

namespace {

/// Changes after ?1 up to ?2, and decisions that expired after ?3 up to ?4.
std::string changed_rows(const char* columns) {
    return "SELECT " + std::string(columns) +
           " FROM (SELECT address_key, scope, at FROM suppression_change WHERE seq > ?1 AND seq <= ?2 UNION ALL "
           "SELECT address_key, scope, expires_at FROM suppression_decision WHERE expires_at > ?3 AND expires_at <= "
           "?4)";
}

void bind(Statement& rows, const domain::Cursor& since, const domain::Cursor& until) {
    rows.bind(1, since.seq).bind(2, until.seq).bind(3, since.at).bind(4, until.at);
}

} // namespace

std::optional<std::vector<ChangedSuppression>> Store::changes(const domain::Cursor& since,
                                                              const domain::Cursor& until) {
    std::vector<ChangedSuppression> out;
    bool reaches = false;
    connection_->in_snapshot("read the journal", [&] {
        reaches = since.seq >= connection_->number("SELECT coalesce((SELECT value FROM meta WHERE name = "
                                                   "'changes_pruned'), 0)");
        if (!reaches)
            return;
        const Sqlite database = connection_->raw();
        Statement rows(database, changed_rows("DISTINCT address_key, scope") + " ORDER BY address_key, scope");
        for (bind(rows, since, until); rows.step();)
            out.push_back({std::string(rows.text(0)), domain::parse_scope(rows.text(1)).value_or(domain::Scope{})});
    });
    return reaches ? std::optional(std::move(out)) : std::nullopt;
}

domain::Lag Store::lag(const domain::Cursor& since, util::Seconds now) {
    domain::Lag out;
    in_snapshot([&] {
        const domain::Cursor until = newest_change(now);
        const Sqlite database = connection_->raw();
        Statement rows(database, changed_rows("count(*), min(at)"));
        bind(rows, since, until);
        rows.step();
        out.changes = rows.number(0);
        if (out.changes > 0)
            out.since = rows.number(1);
    });
    return out;
}

namespace {

constexpr const char* consumer_columns = "SELECT id, name, form, seq, at, last_ok, last_tried, failures, last_error, "
                                         "full_after FROM export_consumer ";

domain::ConsumerState consumer_in(const Statement& row) {
    const auto time_in = [&](int column) {
        return row.is_null(column) ? std::nullopt : std::optional<util::Seconds>(row.number(column));
    };
    return {row.number(0),
            std::string(row.text(1)),
            std::string(row.text(2)),
            {row.number(3), row.number(4)},
            row.is_null(9) ? std::nullopt : std::optional(std::string(row.text(9))),
            time_in(5),
            time_in(6),
            row.number(7),
            std::string(row.text(8))};
}

} // namespace

std::vector<domain::ConsumerState> Store::consumers() {
    std::vector<domain::ConsumerState> out;
    connection_->translated("read the consumers", [&] {
        const Sqlite database = connection_->raw();
        Statement rows(database, consumer_columns + std::string("ORDER BY name"));
        while (rows.step())
            out.push_back(consumer_in(rows));
    });
    return out;
}

domain::ConsumerState Store::consumer(std::string_view name) {
    domain::ConsumerState out;
    const auto find = [&] {
        const Sqlite database = connection_->raw();
        Statement row(database, consumer_columns + std::string("WHERE name = ?1"));
        const bool found = row.bind(1, name).step();
        if (found)
            out = consumer_in(row);
        return found;
    };
    bool found = false;
    connection_->translated("read a consumer", [&] { found = find(); });
    if (!found)
        connection_->in_transaction("note a consumer", Durability::lazy, [&] {
            const std::string text(name);
            connection_->sql
                << "INSERT INTO export_consumer (name, form, seq, at, failures, last_error) VALUES (:name, "
                   "'', 0, 0, 0, '') ON CONFLICT (name) DO NOTHING",
                soci::use(text);
            find();
        });
    return out;
}

void Store::keep_consumer(const domain::ConsumerState& state, const domain::ExportRun* run) {
    connection_->in_transaction("note how far a consumer is", Durability::durable, [&] {
        const Sqlite database = connection_->raw();
        Statement update(database,
                         "UPDATE export_consumer SET form = ?2, seq = ?3, at = ?4, last_ok = ?5, last_tried = "
                         "?6, failures = ?7, last_error = ?8, full_after = ?9 WHERE id = ?1");
        update.bind(1, state.id).bind(2, state.form).bind(3, state.cursor.seq).bind(4, state.cursor.at);
        for (const auto& [index, at] : {std::pair{5, state.last_ok}, std::pair{6, state.last_tried}})
            at ? update.bind(index, *at) : update.bind_null(index);
        state.full_after ? update.bind(9, *state.full_after) : update.bind_null(9);
        update.bind(7, state.failures).bind(8, state.last_error).step();
        if (run)
            keep_export_run(database, state.id, *run);
        util::kill_point("export.before_cursor");
    });
}

void Store::prune_changes(util::Seconds now) {
    if (is_rebuilding())
        return;
    connection_->in_transaction("shorten the journal", Durability::lazy, [&] {
        connection_->run("DELETE FROM rebuild"); // it is over: what comes into the queue again is no part of it
        connection_->run("DELETE FROM suppressed_before");
        const Sqlite database = connection_->raw();
        thin_export_runs(database, now);
        const util::Seconds horizon = now - kept_for;
        Statement last(database,
                       "SELECT min(coalesce((SELECT min(seq) FROM export_consumer WHERE last_tried >= ?1), ?2), "
                       "coalesce((SELECT seq - 1 FROM suppression_change WHERE at >= ?1 ORDER BY seq LIMIT 1), ?2))");
        last.bind(1, horizon).bind(2, newest_change(now).seq).step();
        const std::int64_t up_to = last.number(0);
        last.reset();
        Statement remove(database, "DELETE FROM suppression_change WHERE seq <= ?1");
        remove.bind(1, up_to).step();
        if (database.changes() == 0)
            return;
        Statement mark(database, "INSERT INTO meta (name, value) VALUES ('changes_pruned', ?1) ON CONFLICT (name) DO "
                                 "UPDATE SET value = excluded.value");
        mark.bind(1, up_to).step();
    });
}

} // namespace jmrp::store
