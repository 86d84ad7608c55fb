#include "store/connection.hpp"

namespace jmrp::store {

void Store::decide_suppression(const domain::Address& address, bool add, std::string_view reason, std::string_view by,
                               util::Seconds at) {
    connection_->in_transaction("record a decision", Durability::durable, [&] {
        const std::string key = address.key();
        const std::string text = address.text();
        const std::string decision = add ? "add" : "remove";
        const std::string why(reason);
        const std::string who(by);
        const long long when = at;
        auto& sql = connection_->sql;
        sql << "INSERT INTO suppression_decision (address_key, address, decision, reason, decided_by, decided_at, "
               "after_message) "
               "VALUES (:key, :address, :decision, :reason, :by, :at, (SELECT coalesce(max(id), 0) FROM message))",
            soci::use(key), soci::use(text), soci::use(decision), soci::use(why), soci::use(who), soci::use(when);
    });
}

namespace {

/// Takes back what settling wrote about a message in quarantine; false where it is not there.
bool take_out(soci::session& sql, long long id) {
    int found = 0;
    sql << "SELECT count(*) FROM quarantine WHERE message_id = :id", soci::use(id), soci::into(found);
    if (found == 0)
        return false;
    sql << "UPDATE outcome_count AS c SET messages = messages - 1 FROM outcome AS o JOIN message AS m ON m.id = "
           "o.message_id "
           "WHERE o.message_id = :id AND c.feed = m.feed AND c.disposition = o.disposition AND c.day = m.received_at / "
           "86400",
        soci::use(id);
    sql << "DELETE FROM outcome_count WHERE messages = 0"; // as a rebuild would have it
    sql << "DELETE FROM outcome WHERE message_id = :id", soci::use(id);
    sql << "DELETE FROM quarantine WHERE message_id = :id", soci::use(id);
    return true;
}

} // namespace

bool Store::release_from_quarantine(std::int64_t message_id) {
    bool done = false;
    connection_->in_transaction("release a message from quarantine", Durability::durable, [&] {
        const long long id = message_id;
        done = take_out(connection_->sql, id);
        if (done)
            connection_->sql << "INSERT INTO unsettled (message_id) VALUES (:id)", soci::use(id);
    });
    return done;
}

bool Store::drop_from_quarantine(std::int64_t message_id, std::string_view by, util::Seconds at) {
    bool done = false;
    connection_->in_transaction("drop a message from quarantine", Durability::durable, [&] {
        const long long id = message_id;
        const long long when = at;
        const std::string who(by);
        auto& sql = connection_->sql;
        done = take_out(sql, id);
        if (!done)
            return;
        sql << "INSERT INTO quarantine_decision (message_id, decision, decided_by, decided_at) VALUES (:id, 'drop', "
               ":by, :at)",
            soci::use(id), soci::use(who), soci::use(when);
        // The bytes go; the digest stays, so the same delivery does not come back.
        sql << "DELETE FROM message_raw WHERE message_id = :id", soci::use(id);
    });
    return done;
}

} // namespace jmrp::store
