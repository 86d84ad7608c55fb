// Who complained, with all that suppressed them: people of whom something was known before, and those of one address.
#include <map>

#include "store/connection.hpp"

namespace jmrp::store {

namespace {

domain::Scope scope_in(const Statement& row, int column) {
    return domain::parse_scope(row.text(column)).value_or(domain::Scope{});
}

/// All that ever suppressed somebody.
class Events {
  public:
    explicit Events(const Sqlite& database)
        : reports_(database, "SELECT p.scope, p.message_id, coalesce(l.since, p.received_at), p.complaint, "
                             "p.unsubscribe FROM "
                             "report_recipient AS p LEFT JOIN late_suppression AS l USING (message_id) WHERE "
                             "p.address_key = ?1 AND p.suppresses = 1"),
          decisions_(database, "SELECT scope, after_message, decided_at, decision = 'add', reason, expires_at FROM "
                               "suppression_decision WHERE address_key = ?1 ORDER BY scope, turn") {}

    void add_to(domain::PersonHistory& person) {
        using Kind = domain::SuppressionEvent::Kind;
        for (reports_.bind(1, person.key); reports_.step();)
            person.events.push_back({Kind::report, scope_in(reports_, 0), reports_.number(2), reports_.number(1),
                                     reports_.number(3) != 0   ? domain::Reason::complaint
                                     : reports_.number(4) != 0 ? domain::Reason::unsubscribe
                                                               : domain::Reason::bounce,
                                     std::nullopt});
        for (decisions_.bind(1, person.key); decisions_.step();)
            person.events.push_back(
                {decisions_.number(3) != 0 ? Kind::add : Kind::remove, scope_in(decisions_, 0), decisions_.number(2),
                 decisions_.number(1),
                 domain::from_text<domain::Reason>(decisions_.text(4)).value_or(domain::Reason::manual),
                 decisions_.is_null(5) ? std::nullopt : std::optional<util::Seconds>(decisions_.number(5))});
    }

  private:
    Statement reports_;
    Statement decisions_;
};

class Histories {
  public:
    Histories(const Sqlite& database, util::Seconds since)
        : since_(since), events_(database),
          complaints_(database,
                      "SELECT p.scope, p.message_id, p.received_at, r.source_ip, r.reported_message_id, r.sealed_at, "
                      "(SELECT min(sent_at) FROM sent_evidence AS e WHERE e.message_id = p.message_id AND "
                      "lower(e.recipient) = ?1), r.arrival_date, o.disposition = 'complaint-suppressed' AND "
                      "r.recipient_status = 'known', p.address FROM report_recipient AS p JOIN report AS r USING "
                      "(message_id) JOIN outcome AS o USING (message_id) WHERE p.address_key = ?1 AND p.again = 1 AND "
                      "p.complaint = 1 AND p.received_at >= ?2 AND o.disposition IN ('complaint-suppressed', "
                      "'complaint-held') ORDER BY p.message_id") {}

    domain::PersonHistory of(const std::string& key) {
        domain::PersonHistory out;
        out.key = out.address = key;
        for (complaints_.bind(1, key).bind(2, since_); complaints_.step();)
            add_complaint(out);
        if (!out.complaints.empty())
            events_.add_to(out);
        return out;
    }

  private:
    void add_complaint(domain::PersonHistory& person) const {
        const Statement& row = complaints_;
        domain::RepeatedComplaint one;
        one.scope = scope_in(row, 0);
        one.message_id = row.number(1);
        one.received_at = row.number(2);
        one.source_ip = row.text(3);
        one.reported_message_id = row.text(4);
        using domain::SentFrom;
        for (const auto& [column, from] :
             {std::pair{5, SentFrom::token}, std::pair{6, SentFrom::send_log}, std::pair{7, SentFrom::arrival}})
            if (!one.sent_at && !row.is_null(column)) {
                one.sent_at = std::min(row.number(column), one.received_at);
                one.sent_from = from;
            }
        one.certain = row.number(8) != 0;
        if (!row.is_null(9))
            person.address = row.text(9);
        person.complaints.push_back(std::move(one));
    }

    util::Seconds since_;
    Events events_;
    Statement complaints_;
};

} // namespace

void Store::for_each_repeated_complaint(util::Seconds since,
                                        const std::function<void(const domain::PersonHistory&)>& each) {
    connection_->in_snapshot("look for repeated complaints", [&] {
        const Sqlite database = connection_->raw("look for repeated complaints");
        Histories histories(database, since);
        // Who is known by the number of a list program alone may not be on a list of addresses.
        // Left alone, the engine reads all of the table for the sake of the order.
        Statement keys(database,
                       "SELECT DISTINCT address_key FROM report_recipient INDEXED BY report_recipient_again "
                       "WHERE again = 1 AND received_at >= ?1 AND complaint = 1 AND substr(address_key, 1, 1) "
                       "<> '@' ORDER BY address_key");
        for (keys.bind(1, since); keys.step();)
            if (const domain::PersonHistory person = histories.of(std::string(keys.text(0)));
                !person.complaints.empty())
                each(person);
    });
}

Complainants Store::complainants(const domain::Ip& ip, util::Day first_day, util::Day last_day, util::Seconds before) {
    Complainants out;
    connection_->in_snapshot("look for those who complained", [&] {
        const Sqlite database = connection_->raw("look for those who complained");
        // A day at a time: of the other addresses of the day no entry is read.
        Statement reports(database, "SELECT r.message_id, o.disposition FROM report AS r INDEXED BY report_complaint "
                                    "JOIN outcome AS o USING (message_id) WHERE r.complaint = 1 AND r.report_day = ?1 "
                                    "AND r.source_ip = ?2");
        Statement people(database, "SELECT address_key, scope, received_at, address FROM report_recipient INDEXED BY "
                                   "report_recipient_message WHERE message_id = ?1 AND suppresses = 1 AND received_at "
                                   "< ?2");
        std::map<std::string, domain::PersonHistory, std::less<>> by_key;
        const auto add = [&](std::int64_t message_id) {
            for (people.bind(1, message_id).bind(2, before); people.step();) {
                auto found = by_key.find(people.text(0));
                if (found == by_key.end())
                    found = by_key.try_emplace(std::string(people.text(0))).first;
                domain::RepeatedComplaint& complaint = found->second.complaints.emplace_back();
                complaint.message_id = message_id;
                complaint.scope = scope_in(people, 1);
                complaint.received_at = people.number(2);
                found->second.address = people.is_null(3) ? found->first : people.text(3);
            }
        };
        const std::string address = ip.text();
        using domain::Disposition;
        for (util::Day day = first_day; day <= last_day; ++day)
            for (reports.bind(1, std::int64_t{day}).bind(2, address); reports.step();) {
                const auto disposition = domain::from_text<Disposition>(reports.text(1));
                if (disposition == Disposition::complaint_suppressed)
                    add(reports.number(0));
                else if (disposition == Disposition::complaint_unattributed ||
                         disposition == Disposition::complaint_held)
                    ++out.unnamed;
            }
        Events events(database);
        for (auto& [key, person] : by_key) {
            person.key = key;
            events.add_to(person);
            out.people.push_back(std::move(person));
        }
    });
    return out;
}

} // namespace jmrp::store
