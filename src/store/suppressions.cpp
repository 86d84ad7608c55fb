#include "store/connection.hpp"

namespace jmrp::store {

std::string_view Suppression::reason() const {
    if (complaints > 0)
        return "complaint";
    return unsubscribes > 0 ? "unsubscribe" : "manual";
}

namespace {

/// The columns of one suppression, bound to a statement.
struct SuppressionRow {
    Suppression value;
    int active = 0;
    long long reports = 0;
    long long complaints = 0;
    long long unsubscribes = 0;
    long long first_at = 0;
    long long last_at = 0;
    long long decided_at = 0;
    soci::indicator first_set = soci::i_null;
    soci::indicator last_set = soci::i_null;
    soci::indicator decision_set = soci::i_null;
    soci::indicator decided_set = soci::i_null;

    static constexpr const char* columns =
        "address, active, reports, complaints, unsubscribes, first_at, last_at, decision, decided_at";

    void bind(soci::statement& statement) {
        statement.exchange(soci::into(value.person));
        statement.exchange(soci::into(active));
        statement.exchange(soci::into(reports));
        statement.exchange(soci::into(complaints));
        statement.exchange(soci::into(unsubscribes));
        statement.exchange(soci::into(first_at, first_set));
        statement.exchange(soci::into(last_at, last_set));
        statement.exchange(soci::into(value.decision, decision_set));
        statement.exchange(soci::into(decided_at, decided_set));
    }

    const Suppression& read() {
        const auto optional = [](soci::indicator set, long long at) {
            return set == soci::i_ok ? std::optional<util::Seconds>(at) : std::nullopt;
        };
        value.active = active != 0;
        value.reports = reports;
        value.complaints = complaints;
        value.unsubscribes = unsubscribes;
        value.first_at = optional(first_set, first_at);
        value.last_at = optional(last_set, last_at);
        value.decided_at = optional(decided_set, decided_at);
        if (decision_set != soci::i_ok)
            value.decision.clear();
        return value;
    }
};

} // namespace

void Store::for_each_suppression(bool active_only, const std::function<void(const Suppression&)>& each) {
    connection_->translated("read the suppressions", [&] {
        SuppressionRow row;
        soci::statement select(connection_->sql);
        row.bind(select);
        select.alloc();
        select.prepare("SELECT " + std::string(SuppressionRow::columns) + " FROM suppression " +
                       (active_only ? "WHERE active = 1 " : "") + "ORDER BY address_key");
        select.define_and_bind();
        select.execute();
        while (select.fetch())
            each(row.read());
    });
}

SuppressionStory Store::suppression_story(const domain::Person& person) {
    SuppressionStory story;
    connection_->translated("read the story of an address", [&] {
        auto& sql = connection_->sql;
        const std::string key = domain::key_of(person);
        SuppressionRow row;
        soci::statement select(sql);
        row.bind(select);
        select.exchange(soci::use(key));
        select.alloc();
        select.prepare("SELECT " + std::string(SuppressionRow::columns) + " FROM suppression WHERE address_key = :key");
        select.define_and_bind();
        if (select.execute(true))
            story.suppression = row.read();

        SuppressionDecision decision;
        long long at = 0;
        soci::statement decisions =
            (sql.prepare << "SELECT decision, reason, decided_by, decided_at FROM suppression_decision WHERE "
                            "address_key = :key ORDER BY id",
             soci::use(key), soci::into(decision.decision), soci::into(decision.reason),
             soci::into(decision.decided_by), soci::into(at));
        decisions.execute();
        while (decisions.fetch()) {
            decision.decided_at = at;
            story.decisions.push_back(decision);
        }

        SuppressionReport report;
        long long id = 0;
        soci::statement reports =
            (sql.prepare << "SELECT m.id, m.received_at, r.feedback_type, r.dialect, coalesce(r.source_ip, ''), "
                            "r.recipient_from, "
                            "coalesce(r.reported_message_id, '') FROM report_recipient AS p JOIN report AS r USING "
                            "(message_id) "
                            "JOIN message AS m ON m.id = p.message_id WHERE p.address_key = :key ORDER BY m.id",
             soci::use(key), soci::into(id), soci::into(at), soci::into(report.feedback_type),
             soci::into(report.dialect), soci::into(report.source_ip), soci::into(report.recipient_from),
             soci::into(report.reported_message_id));
        reports.execute();
        while (reports.fetch()) {
            report.message_id = id;
            report.received_at = at;
            story.reports.push_back(report);
        }
    });
    return story;
}

} // namespace jmrp::store
