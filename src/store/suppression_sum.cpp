#include "store/suppression_sum.hpp"

#include <algorithm>
#include <tuple>

namespace jmrp::store {

namespace {

std::string reports_where(const char* condition) {
    return "SELECT address_key, scope, message_id, address, received_at, complaint, unsubscribe FROM report_recipient "
           "WHERE suppresses = 1 " +
           std::string(condition) + " ORDER BY address_key, scope, message_id";
}

std::string decisions_where(const char* condition) {
    return "SELECT address_key, scope, address, decision, reason, note, sticky, expires_at, decided_at, after_message "
           "FROM suppression_decision " +
           std::string(condition) + " ORDER BY address_key, scope, turn";
}

std::optional<util::Seconds> time_in(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional<util::Seconds>(row.number(column));
}

} // namespace

SuppressionSum::SuppressionSum(const Sqlite& database, util::Seconds now)
    : now_(now), reports_(database, reports_where(""), reports_where("AND address_key = ?1"),
                          reports_where("AND address_key > ?1")),
      decisions_(database, decisions_where(""), decisions_where("WHERE address_key = ?1"),
                 decisions_where("WHERE address_key > ?1")) {}

void SuppressionSum::begin(Statement Rows::*which) {
    for (Rows* rows : {&reports_, &decisions_}) {
        rows->current = &(rows->*which);
        rows->step();
    }
}

void SuppressionSum::begin_all() {
    begin(&Rows::all);
}

void SuppressionSum::begin(std::string_view key) {
    for (Rows* rows : {&reports_, &decisions_})
        rows->one.bind(1, key);
    begin(&Rows::one);
}

void SuppressionSum::begin_after(std::string_view key) {
    for (Rows* rows : {&reports_, &decisions_})
        rows->after.bind(1, key);
    begin(&Rows::after);
}

bool SuppressionSum::next(domain::Suppression& out) {
    if (!reports_.more && !decisions_.more)
        return false;
    const bool report_first = reports_.more && (!decisions_.more || std::tie(reports_.key, reports_.scope) <=
                                                                        std::tie(decisions_.key, decisions_.scope));
    const Rows& first = report_first ? reports_ : decisions_;
    key_ = first.key;
    scope_ = first.scope;
    out.key = key_;
    out.person.clear();
    if (scope_.empty())
        out.scope = {};
    else
        out.scope = domain::parse_scope(scope_).value_or(domain::Scope{});
    out.reports = out.complaints = out.unsubscribes = out.message_id = 0;
    out.first_at = out.last_at = std::nullopt;
    out.decision.reset();
    lifted_until_ = 0;
    said_.reset();
    added_ = false;
    for (; decisions_.is_about(key_, scope_); decisions_.step())
        add_decision(out);
    bool complaint = false;
    bool unsubscribe = false;
    for (; reports_.is_about(key_, scope_); reports_.step()) {
        const Statement& row = *reports_.current;
        std::string_view spelling = row.text(3);
        if (spelling.empty()) // NULL: as the key
            spelling = key_;
        if (out.reports == 0 || spelling < out.person)
            out.person = spelling;
        ++out.reports;
        const util::Seconds at = row.number(4);
        out.first_at = std::min(out.first_at.value_or(at), at);
        out.last_at = std::max(out.last_at.value_or(at), at);
        const bool complains = row.number(5) != 0;
        const bool unsubscribes = row.number(6) != 0;
        out.complaints += complains ? 1 : 0;
        out.unsubscribes += unsubscribes ? 1 : 0;
        if (row.number(2) <= lifted_until_)
            continue;
        out.message_id = row.number(2);
        complaint = complaint || complains;
        unsubscribe = unsubscribe || unsubscribes;
    }
    out.active = added_ || out.message_id > 0;
    if (!out.active) { // what it was for
        complaint = out.complaints > 0;
        unsubscribe = out.unsubscribes > 0;
    }
    const bool said = said_ && (added_ || !out.active);
    out.reason = complaint || (said && *said_ == domain::Reason::complaint)       ? domain::Reason::complaint
                 : unsubscribe || (said && *said_ == domain::Reason::unsubscribe) ? domain::Reason::unsubscribe
                 : said                                                           ? *said_
                                                                                  : domain::Reason::manual;
    return true;
}

void SuppressionSum::add_decision(domain::Suppression& out) {
    const Statement& row = *decisions_.current;
    out.person = row.text(2); // a report's spelling is preferred
    out.decision = domain::Suppression::Decision{};
    domain::Suppression::Decision& decision = *out.decision;
    decision.add = row.text(3) == "add";
    decision.note = row.text(5);
    decision.sticky = row.number(6) != 0;
    decision.expires_at = time_in(row, 7);
    decision.at = row.number(8);
    if (decision.add)
        said_ = domain::from_text<domain::Reason>(row.text(4));
    else
        lifted_until_ = std::max(lifted_until_, row.number(9));
    added_ = decision.add && (!decision.expires_at || *decision.expires_at > now_);
}

} // namespace jmrp::store
