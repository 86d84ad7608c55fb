// Held reports: what waits for a person, and what the person said.
#include "store/connection.hpp"
#include "store/settlement_rows.hpp"

namespace jmrp::store {

std::vector<HeldReport> Store::held(std::optional<domain::Hold> reason) {
    std::vector<HeldReport> out;
    connection_->translated("read the held reports", [&] {
        auto& sql = connection_->sql;
        const std::string wanted(reason ? to_text(*reason) : std::string_view());
        HeldReport row;
        std::string why;
        long long id = 0;
        long long since = 0;
        soci::statement select =
            (sql.prepare
                 << "SELECT h.message_id, h.reason, h.since, m.feed, r.feedback_type, coalesce(r.source_ip, ''), "
                    "r.verdict, coalesce(r.reported_message_id, '') FROM held AS h JOIN message AS m ON m.id = "
                    "h.message_id JOIN report AS r ON r.message_id = h.message_id "
                    "WHERE :all = '' OR h.reason = :wanted ORDER BY h.message_id",
             soci::use(wanted, "all"), soci::use(wanted, "wanted"), soci::into(id), soci::into(why), soci::into(since),
             soci::into(row.feed), soci::into(row.feedback_type), soci::into(row.source_ip), soci::into(row.verdict),
             soci::into(row.reported_message_id));
        select.execute();
        while (select.fetch()) {
            row.message_id = id;
            row.since = since;
            row.reason = domain::from_text<domain::Hold>(why).value_or(domain::Hold::unverified);
            out.push_back(row);
        }
        std::string person;
        soci::statement persons =
            (sql.prepare << "SELECT person_key FROM held_person WHERE message_id = :id ORDER BY person_key",
             soci::use(id), soci::into(person));
        for (HeldReport& report : out) {
            id = report.message_id;
            persons.execute();
            while (persons.fetch())
                report.persons.push_back(person);
        }
    });
    return out;
}

namespace {

/// Takes back what settling wrote about a held report; false where it is not held.
bool take_back(soci::session& sql, long long id) {
    int held = 0;
    sql << "SELECT count(*) FROM held WHERE message_id = :id", soci::use(id), soci::into(held);
    if (held == 0)
        return false;
    for (const auto& [counted_by, name] : complaint_names) {
        const std::string key = "c.counted_by = " + std::to_string(static_cast<int>(counted_by)) +
                                " AND c.report_day = r.report_day AND c.name = " + name +
                                " AND c.arrival_day = r.arrival_day";
        sql << "UPDATE complaint_count AS c SET reports = c.reports - 1, complaints = c.complaints - r.counted, "
               "attributed = c.attributed - r.attributed, unverified = c.unverified - (r.verdict = 'unverified') "
               "FROM report AS r WHERE r.message_id = :id AND r.complaint = 1 AND " +
                   key,
            soci::use(id);
        sql << "DELETE FROM complaint_count AS c WHERE (counted_by, report_day, name, arrival_day) IN (SELECT " +
                   std::to_string(static_cast<int>(counted_by)) + ", r.report_day, " + name +
                   ", r.arrival_day FROM report AS r WHERE r.message_id = :id) AND reports = 0",
            soci::use(id);
    }
    sql << "UPDATE feed_day AS f SET reports = f.reports - 1, complaints = f.complaints - r.complaint, "
           "attributed = f.attributed - r.complaint * r.attributed, "
           "unverified = f.unverified - r.complaint * (r.verdict = 'unverified'), "
           "tokens_opened = f.tokens_opened - (r.basis = 'token'), tokens_refused = f.tokens_refused - r.token_refused "
           "FROM report AS r JOIN message AS m ON m.id = r.message_id "
           "WHERE r.message_id = :id AND f.feed = m.feed AND f.day = m.received_at / 86400",
        soci::use(id);
    sql << "DELETE FROM feed_day WHERE reports = 0";
    sql << "UPDATE outcome_count AS c SET messages = c.messages - 1 FROM outcome AS o JOIN message AS m ON m.id = "
           "o.message_id WHERE o.message_id = :id AND c.feed = m.feed AND c.disposition = o.disposition AND c.day = "
           "m.received_at / 86400",
        soci::use(id);
    sql << "DELETE FROM outcome_count WHERE messages = 0"; // as a rebuild would have it
    sql << "DELETE FROM report_recipient WHERE message_id = :id AND address_key IN (SELECT person_key FROM held_person "
           "WHERE message_id = :same)",
        soci::use(id, "id"), soci::use(id, "same");
    for (const char* table : {"held_person", "held", "report", "outcome"})
        sql << "DELETE FROM " + std::string(table) + " WHERE message_id = :id", soci::use(id);
    return true;
}

} // namespace

std::vector<std::int64_t> Store::review(std::span<const std::int64_t> message_ids, domain::Review review,
                                        std::string_view by, util::Seconds at) {
    std::vector<std::int64_t> done;
    connection_->in_transaction("record a decision", Durability::durable, [&] {
        auto& sql = connection_->sql;
        const std::string decision(to_text(review));
        const std::string who(by);
        const long long when = at;
        for (const std::int64_t message_id : message_ids) {
            const long long id = message_id;
            if (!take_back(sql, id))
                continue;
            sql << "INSERT INTO review_decision (message_id, decision, decided_by, decided_at) VALUES (:id, :decision, "
                   ":by, "
                   ":at) ON CONFLICT (message_id) DO UPDATE SET decision = excluded.decision, decided_by = "
                   "excluded.decided_by, decided_at = excluded.decided_at",
                soci::use(id), soci::use(decision), soci::use(who), soci::use(when);
            sql << "INSERT INTO unsettled (message_id) VALUES (:id)", soci::use(id);
            done.push_back(message_id);
        }
    });
    return done;
}

} // namespace jmrp::store
