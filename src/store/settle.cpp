#include <algorithm>
#include <map>
#include <tuple>

#include "store/connection.hpp"
#include "store/dkim.hpp"
#include "store/facts.hpp"
#include "store/settlement_rows.hpp"
#include "util/kill_point.hpp"

namespace jmrp::store {

std::vector<Claimed> Store::claim(std::size_t limit, std::size_t most_bytes) {
    std::vector<Claimed> claimed;
    connection_->in_transaction("take messages to settle", Durability::lazy, [&] {
        auto& sql = connection_->sql;
        // A message that somebody died on is taken alone and last: should it kill again, it kills nobody else's work.
        const bool fresh = connection_->number("SELECT EXISTS (SELECT 1 FROM unsettled WHERE attempts = 0)") != 0;
        const std::string which = fresh ? "WHERE attempts = 0 ORDER BY message_id LIMIT " + std::to_string(limit)
                                        : "WHERE attempts > 0 ORDER BY attempts, message_id LIMIT 1";
        Claimed row;
        long long id = 0;
        long long at = 0;
        int attempts = 0;
        soci::statement select =
            (sql.prepare << "SELECT u.message_id, u.attempts + 1, m.feed, m.received_at, r.zstd "
                            "FROM (SELECT * FROM unsettled " +
                                which +
                                ") AS u JOIN message AS m ON m.id = u.message_id JOIN message_raw AS r ON r.message_id "
                                "= u.message_id",
             soci::into(id), soci::into(attempts), soci::into(row.feed), soci::into(at), soci::into(row.frame));
        select.execute();
        std::size_t bytes = 0;
        while (bytes < most_bytes && select.fetch()) {
            bytes += row.frame.size();
            row.message_id = id;
            row.attempts = attempts;
            row.received_at = at;
            claimed.push_back(row);
        }
        soci::statement update =
            (sql.prepare << "UPDATE unsettled SET attempts = attempts + 1 WHERE message_id = :id", soci::use(id));
        for (const Claimed& one : claimed) {
            id = one.message_id;
            update.execute(true);
        }
        load_facts(sql, claimed);
        load_dkim(sql, claimed);
    });
    util::kill_point("claim.committed");
    return claimed;
}

void Store::settle(std::span<const domain::Settlement> settlements) {
    if (settlements.empty())
        return;
    connection_->in_transaction("settle messages", Durability::lazy, [&] {
        SettlementRows rows(connection_->sql);
        for (const domain::Settlement& settlement : settlements) {
            if (settlement.wants_dkim)
                store::want_dkim(connection_->sql, settlement.message_id, settlement.received_at);
            else
                rows.write(settlement);
        }
        util::kill_point("settle.inserted");
        rows.write_sums();
        util::kill_point("settle.before_commit");
    });
    util::kill_point("settle.committed");
}

bool Store::has_unsettled() {
    bool any = false;
    connection_->translated("look for unsettled messages",
                            [&] { any = connection_->number("SELECT EXISTS (SELECT 1 FROM unsettled)") != 0; });
    return any;
}

namespace {

constexpr const char* derived_tables[] = {
    "outcome",        "report", "report_recipient", "complaint_count", "outcome_count",  "quarantine",      "held",
    "held_person",    "pace",   "feed_day",         "rebuild",         "support_answer", "support_finding", "bounce",
    "bounce_unproven"};
/// What is kept of messages whose bytes are gone (store/forget.hpp); the counts follow from it.
constexpr const char* tables_of_messages[] = {"outcome",        "report",          "report_recipient",
                                              "support_answer", "support_finding", "bounce"};

void set_forgotten_aside(soci::session& sql) {
    for (const std::string table : tables_of_messages)
        sql << "CREATE TEMP TABLE aside_" + table + " AS SELECT * FROM " + table +
                   " WHERE message_id IN (SELECT message_id FROM forgotten_message)";
}

void put_forgotten_back(soci::session& sql) {
    for (const std::string table : tables_of_messages) {
        sql << "INSERT INTO " + table + " SELECT * FROM temp.aside_" + table;
        sql << "DROP TABLE temp.aside_" + table;
    }
    sql << "INSERT INTO outcome_count (feed, day, disposition, messages, last_at) SELECT m.feed, m.received_at / "
           "86400, o.disposition, count(*), max(m.received_at) FROM outcome AS o JOIN message AS m ON m.id = "
           "o.message_id GROUP BY 1, 2, 3";
    for (const auto& [counted_by, name] : complaint_names)
        sql << "INSERT INTO complaint_count (counted_by, report_day, name, arrival_day, reports, complaints, "
               "attributed, "
               "unverified) SELECT " +
                   std::to_string(static_cast<int>(counted_by)) + ", r.report_day, " + name +
                   " AS name, r.arrival_day, count(*), sum(r.counted), sum(r.attributed), sum(r.verdict = "
                   "'unverified') FROM report AS r JOIN outcome AS o USING (message_id) WHERE r.complaint = 1 AND "
                   "o.disposition NOT IN ('forged-report', 'foreign-report') AND " +
                   name + " IS NOT NULL GROUP BY 2, 3, 4";
    sql << "INSERT INTO feed_day (feed, day, reports, complaints, attributed, unverified, tokens_opened, "
           "tokens_refused, "
           "last_report_at) SELECT m.feed, m.received_at / 86400, count(*), sum(is_ours), sum(is_ours * r.attributed), "
           "sum(is_ours * (r.verdict = 'unverified')), sum(r.basis = 'token'), sum(r.token_refused), "
           "max(m.received_at) FROM "
           "(SELECT *, complaint AND disposition <> 'foreign-report' AS is_ours FROM report JOIN outcome USING "
           "(message_id) WHERE disposition <> 'forged-report') AS r JOIN message AS m ON m.id = r.message_id GROUP BY "
           "1, 2";
}

} // namespace

void Store::begin_rebuild(util::Seconds now) {
    connection_->in_transaction("begin a rebuild", Durability::lazy, [&] {
        // Whoever reads the journal asks again about all who are suppressed now: some may not be afterwards.
        connection_->run("INSERT INTO suppression_change (address_key, scope, at) SELECT address_key, scope, "
                         "max(received_at) FROM report_recipient WHERE suppresses = 1 GROUP BY address_key, scope");
        connection_->run(
            "DELETE FROM suppressed_before WHERE message_id NOT IN (SELECT message_id FROM unsettled UNION "
            "SELECT message_id FROM dkim_wanted)"); // a rebuild that is not done had come to them
        connection_->run("INSERT INTO suppressed_before (message_id, address_key, scope) SELECT message_id, "
                         "address_key, scope FROM report_recipient WHERE suppresses = 1 ON CONFLICT DO NOTHING");
        set_forgotten_aside(connection_->sql);
        for (const char* table : derived_tables)
            connection_->run("DROP TABLE IF EXISTS " + std::string(table));
        run_schema(connection_->sql, "derived.sql");
        put_forgotten_back(connection_->sql);
        connection_->run("DELETE FROM unsettled");
        connection_->run("DELETE FROM dkim_wanted");
        connection_->run("INSERT INTO unsettled (message_id) SELECT message_id FROM message_raw");
        connection_->run("INSERT INTO rebuild (began_at, last_message) SELECT " + std::to_string(now) +
                         ", coalesce(max(message_id), 0) FROM unsettled");
    });
}

} // namespace jmrp::store
