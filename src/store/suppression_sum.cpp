#include "store/suppression_sum.hpp"

#include <algorithm>
#include <tuple>

namespace jmrp::store {

namespace {

std::optional<util::Seconds> time_in(const TakenRow& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : std::optional<util::Seconds>(row.number(column));
}

} // namespace

SuppressionSum::Rows::Rows(const Sqlite& database, const std::string& columns, const char* rest, const char* order)
    : range(database, std::string("SELECT take_row(?1, address_key, scope, ") + columns + ") FROM " + rest +
                          " address_key > ?2 AND address_key <= ?3 ORDER BY address_key, scope, " + order),
      one(database, std::string("SELECT take_row(?1, address_key, scope, ") + columns + ") FROM " + rest +
                        " address_key = ?2 ORDER BY address_key, scope, " + order) {}

void SuppressionSum::Rows::begin(Statement& which) {
    current = &which;
    row.bind_to(which);
    step();
}

SuppressionSum::SuppressionSum(const Sqlite& database, util::Seconds now, Detail detail)
    : now_(now), reports_(database,
                          std::string("message_id, address") +
                              (detail == Detail::who ? "" : ", received_at, complaint, unsubscribe"),
                          "report_recipient WHERE suppresses = 1 AND", "message_id"),
      decisions_(database,
                 std::string("address, decision, expires_at, after_message") +
                     (detail == Detail::who ? "" : ", reason, note, sticky, decided_at"),
                 "suppression_decision WHERE", "turn") {}

void SuppressionSum::begin(const KeyRange& range) {
    for (Rows* rows : {&reports_, &decisions_}) {
        rows->range.bind(2, range.after);
        // the engine holds every blob to be greater than every text
        range.up_to ? rows->range.bind(3, *range.up_to) : rows->range.bind_blob(3, "");
        rows->begin(rows->range);
    }
}

void SuppressionSum::begin(std::string_view key) {
    for (Rows* rows : {&reports_, &decisions_}) {
        rows->one.bind(2, key);
        rows->begin(rows->one);
    }
}

bool SuppressionSum::next(domain::Suppression& out) {
    if (!reports_.more && !decisions_.more)
        return false;
    const bool report_first = reports_.more && (!decisions_.more || std::tie(reports_.key(), reports_.scope()) <=
                                                                        std::tie(decisions_.key(), decisions_.scope()));
    const Rows& first = report_first ? reports_ : decisions_;
    out.key = first.key();
    scope_ = first.scope();
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
    for (; decisions_.is_about(out.key, scope_); decisions_.step())
        add_decision(out);
    bool any = false;
    std::optional<domain::Reason> reason, was_for; // the strongest of those in force, and of all
    const auto is_for = [&](domain::Reason one) { reason = std::min(reason.value_or(one), one); };
    for (; reports_.is_about(out.key, scope_); reports_.step()) {
        const TakenRow& row = reports_.row;
        std::string_view spelling = row.text(3);
        if (spelling.empty()) // NULL: as the key
            spelling = out.key;
        if (!any || spelling < out.person)
            out.person = spelling;
        any = true;
        const util::Seconds at = row.number(4);
        out.first_at = std::min(out.first_at.value_or(at), at);
        out.last_at = std::max(out.last_at.value_or(at), at);
        const bool complains = row.number(5) != 0;
        const bool unsubscribes = row.number(6) != 0;
        const domain::Reason why = complains      ? domain::Reason::complaint
                                   : unsubscribes ? domain::Reason::unsubscribe
                                                  : domain::Reason::bounce;
        was_for = std::min(was_for.value_or(why), why);
        out.reports += why == domain::Reason::bounce ? 0 : 1;
        out.complaints += complains ? 1 : 0;
        out.unsubscribes += unsubscribes ? 1 : 0;
        if (row.number(2) <= lifted_until_)
            continue;
        out.message_id = row.number(2);
        is_for(why);
    }
    out.active = added_ || out.message_id > 0;
    if (!out.active)
        reason = was_for;
    if (said_ && (added_ || !out.active))
        is_for(*said_);
    out.reason = reason.value_or(domain::Reason::manual);
    return true;
}

void SuppressionSum::add_decision(domain::Suppression& out) {
    const TakenRow& row = decisions_.row;
    out.person = row.text(2); // a report's spelling is preferred
    out.decision = domain::Suppression::Decision{};
    domain::Suppression::Decision& decision = *out.decision;
    decision.add = row.text(3) == "add";
    decision.expires_at = time_in(row, 4);
    decision.note = row.text(7);
    decision.sticky = row.number(8) != 0;
    decision.at = row.number(9);
    if (decision.add)
        said_ = domain::from_text<domain::Reason>(row.text(6));
    else
        lifted_until_ = std::max(lifted_until_, row.number(5));
    added_ = decision.add && (!decision.expires_at || *decision.expires_at > now_);
}

} // namespace jmrp::store
