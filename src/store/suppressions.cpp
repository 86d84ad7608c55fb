#include "store/connection.hpp"
#include "store/forgotten.hpp"
#include "store/suppression_sum.hpp"

namespace jmrp::store {

void Store::in_snapshot(const std::function<void()>& work) {
    connection_->in_snapshot("read the database", work);
}

void Store::for_each_suppression(util::Seconds now, const std::function<void(const domain::Suppression&)>& each) {
    connection_->in_snapshot("read the suppressions", [&] {
        const Sqlite database = connection_->raw();
        SuppressionSum sum(database, now);
        domain::Suppression one;
        const KeyRange all;
        for (sum.begin(all); sum.next(one);)
            each(one);
    });
}

void Store::for_each_suppression_in(const KeyRange& range, util::Seconds now, Detail detail,
                                    const std::function<bool(const domain::Suppression&)>& each) {
    connection_->in_snapshot("read the suppressions", [&] {
        const Sqlite database = connection_->raw();
        SuppressionSum sum(database, now, detail);
        domain::Suppression one;
        for (sum.begin(range); sum.next(one);)
            if (!each(one))
                return;
    });
}

std::optional<std::string> Store::key_further(std::string_view after, std::int64_t rows) {
    std::optional<std::string> out;
    connection_->in_snapshot("read the suppressions", [&] {
        const Sqlite database = connection_->raw();
        for (const char* table : {"report_recipient", "suppression_decision"}) {
            Statement further(database, std::string("SELECT address_key FROM ") + table +
                                            " WHERE address_key > ?1 ORDER BY address_key LIMIT 1 OFFSET ?2");
            if (further.bind(1, after).bind(2, rows).step() && (!out || further.text(0) < *out))
                out = further.text(0);
        }
    });
    return out;
}

void Store::look_up_suppressions(std::span<const std::string> keys, util::Seconds now,
                                 const std::function<void(std::size_t index, const domain::Suppression&)>& each) {
    connection_->in_snapshot("look up suppressions", [&] {
        const Sqlite database = connection_->raw();
        SuppressionSum sum(database, now);
        ForgottenRows forgotten(database);
        domain::Suppression one;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            for (sum.begin(keys[i]); sum.next(one);)
                each(i, one);
            if (forgotten.any())
                for (const domain::Suppression& erased : forgotten.find(keys[i]))
                    each(i, erased);
        }
    });
}

namespace {

std::vector<domain::SuppressionDecision> decisions_about(const Sqlite& database, const domain::Person& person,
                                                         std::string_view key) {
    std::vector<domain::SuppressionDecision> out;
    Statement rows(database, "SELECT scope, decision, reason, note, sticky, expires_at, decided_by, decided_at FROM "
                             "suppression_decision WHERE address_key = ?1 ORDER BY decided_at, scope, turn");
    for (rows.bind(1, key); rows.step();) {
        domain::SuppressionDecision decision;
        decision.person = person;
        decision.scope = domain::parse_scope(rows.text(0)).value_or(domain::Scope{});
        decision.add = rows.text(1) == "add";
        decision.reason = domain::from_text<domain::Reason>(rows.text(2)).value_or(domain::Reason::manual);
        decision.note = rows.text(3);
        decision.sticky = rows.number(4) != 0;
        if (!rows.is_null(5))
            decision.expires_at = rows.number(5);
        decision.decided_by = rows.text(6);
        decision.decided_at = rows.number(7);
        out.push_back(std::move(decision));
    }
    return out;
}

std::vector<SuppressionReport> reports_about(const Sqlite& database, std::string_view key) {
    std::vector<SuppressionReport> out;
    Statement rows(database, "SELECT m.id, m.received_at, r.feedback_type, r.dialect, r.source_ip, r.recipient_from, "
                             "r.verdict, r.reported_message_id, p.scope, p.suppresses FROM report_recipient AS p JOIN "
                             "report AS r USING (message_id) JOIN message AS m ON m.id = p.message_id "
                             "WHERE p.address_key = ?1 UNION ALL SELECT m.id, m.received_at, 'bounce', '', "
                             "b.source_ip, 'bounce', b.proof, '', p.scope, p.suppresses FROM report_recipient AS p "
                             "JOIN bounce AS b USING (message_id, address_key) JOIN message AS m ON m.id = "
                             "p.message_id WHERE p.address_key = ?1 ORDER BY 1");
    for (rows.bind(1, key); rows.step();) {
        SuppressionReport report;
        report.message_id = rows.number(0);
        report.received_at = rows.number(1);
        report.feedback_type = rows.text(2);
        report.dialect = rows.text(3);
        report.source_ip = rows.text(4);
        report.recipient_from = rows.text(5);
        report.verdict = rows.text(6);
        report.reported_message_id = rows.text(7);
        report.scope = domain::parse_scope(rows.text(8)).value_or(domain::Scope{});
        report.suppresses = rows.number(9) != 0;
        out.push_back(std::move(report));
    }
    return out;
}

} // namespace

SuppressionStory Store::suppression_story(const domain::Person& person, util::Seconds now) {
    SuppressionStory story;
    const std::string key = domain::key_of(person);
    in_snapshot([&] {
        look_up_suppressions(std::span(&key, 1), now,
                             [&](std::size_t, const domain::Suppression& one) { story.suppressions.push_back(one); });
        const Sqlite database = connection_->raw();
        story.decisions = decisions_about(database, person, key);
        story.reports = reports_about(database, key);
    });
    return story;
}

} // namespace jmrp::store
