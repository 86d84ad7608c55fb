#include "store/changes.hpp"
#include "store/connection.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

/// The last word of a person about somebody and a scope.
struct LastDecision {
    int turn = 0; ///< 0: nobody spoke
    std::string decision, reason, note;
    int sticky = 0;
    long long expires_at = 0;
    soci::indicator expires = soci::i_null;
};

class DecisionRows {
  public:
    explicit DecisionRows(soci::session& sql)
        : find_(
              (sql.prepare << "SELECT turn, decision, reason, note, sticky, expires_at FROM suppression_decision WHERE "
                              "address_key = :key AND scope = :scope ORDER BY turn DESC LIMIT 1",
               soci::use(key_), soci::use(scope_), soci::into(last_.turn), soci::into(last_.decision),
               soci::into(last_.reason), soci::into(last_.note), soci::into(last_.sticky),
               soci::into(last_.expires_at, last_.expires))),
          insert_(
              (sql.prepare << "INSERT INTO suppression_decision (address_key, scope, turn, address, decision, reason, "
                              "note, sticky, expires_at, decided_by, decided_at, after_message) VALUES (:key, :scope, "
                              ":turn, :address, :decision, :reason, :note, :sticky, :expires, :by, :at, (SELECT "
                              "coalesce(max(id), 0) FROM message))",
               soci::use(key_), soci::use(scope_), soci::use(new_.turn), soci::use(address_), soci::use(new_.decision),
               soci::use(new_.reason), soci::use(new_.note), soci::use(new_.sticky),
               soci::use(new_.expires_at, new_.expires), soci::use(by_), soci::use(at_))),
          journal_(sql) {}

    /// False: it says nothing new.
    bool write(const domain::SuppressionDecision& decision) {
        key_ = domain::key_of(decision.person);
        scope_ = decision.scope.key();
        last_ = {};
        find_.execute(true);
        new_.turn = last_.turn + 1;
        new_.decision = decision.add ? "add" : "remove";
        new_.reason = std::string(to_text(decision.reason));
        new_.note = util::to_valid_utf8(decision.note);
        std::erase(new_.note, '\0'); // SQLite's text functions stop there
        new_.sticky = decision.sticky ? 1 : 0;
        new_.expires_at = decision.expires_at.value_or(0);
        new_.expires = decision.expires_at ? soci::i_ok : soci::i_null;
        if (decision.add && last_.decision == "add" && (adds_nothing() || last_.sticky > new_.sticky))
            return false;
        address_ = domain::text_of(decision.person);
        by_ = decision.decided_by;
        at_ = decision.decided_at;
        insert_.execute(true);
        journal_.write(key_, scope_, at_);
        return true;
    }

  private:
    bool adds_nothing() const {
        const bool same_end =
            last_.expires == new_.expires && (new_.expires == soci::i_null || last_.expires_at == new_.expires_at);
        return same_end && last_.reason == new_.reason && last_.note == new_.note && last_.sticky == new_.sticky;
    }

    LastDecision last_, new_;
    std::string key_, scope_, address_, by_;
    long long at_ = 0;
    soci::statement find_, insert_;
    ChangeRows journal_;
};

} // namespace

std::size_t Store::decide_suppressions(std::span<const domain::SuppressionDecision> decisions) {
    std::size_t recorded = 0;
    connection_->in_transaction("record a decision", Durability::durable, [&] {
        DecisionRows rows(connection_->sql);
        for (const domain::SuppressionDecision& decision : decisions)
            recorded += rows.write(decision) ? 1U : 0U;
    });
    return recorded;
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
