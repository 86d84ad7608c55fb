#include "store/settlement_rows.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::store {

SettlementRows::SettlementRows(soci::session& sql)
    : sql_(sql),
      insert_outcome_(
          (sql.prepare << "INSERT INTO outcome (message_id, kind, disposition) VALUES (:id, :kind, :disposition)",
           soci::use(bound_.id), soci::use(bound_.kind), soci::use(bound_.disposition))),
      insert_report_((
          sql.prepare
              << "INSERT INTO report (message_id, identity, dialect, feedback_type, complaint, unsubscribe, source_ip, "
                 "source_ip_from, original_mail_from, recipient_status, recipient_from, reported_message_id, "
                 "reported_from, "
                 "reported_list_id, arrival_date, arrival_date_from, report_date, incidents) "
                 "VALUES (:id, CAST(:identity AS BLOB), :dialect, :type, :complaint, :unsubscribe, :ip, :ip_from, "
                 ":mail_from, "
                 ":status, :recipient_from, :reported_id, :reported_from, :list_id, :arrival, :arrival_from, "
                 ":report_date, "
                 ":incidents) ON CONFLICT (identity) DO NOTHING RETURNING message_id",
          soci::use(bound_.id), soci::use(bound_.identity), soci::use(bound_.dialect), soci::use(bound_.feedback_type),
          soci::use(bound_.complaint), soci::use(bound_.unsubscribe), soci::use(bound_.source_ip, bound_.source_ip_set),
          soci::use(bound_.source_ip_from), soci::use(bound_.mail_from, bound_.mail_from_set),
          soci::use(bound_.recipient_status), soci::use(bound_.recipient_from),
          soci::use(bound_.reported_id, bound_.reported_id_set),
          soci::use(bound_.reported_from, bound_.reported_from_set), soci::use(bound_.list_id, bound_.list_id_set),
          soci::use(bound_.arrival, bound_.arrival_set), soci::use(bound_.arrival_from), soci::use(bound_.report_date),
          soci::use(bound_.incidents), soci::into(bound_.inserted))),
      insert_recipient_(
          (sql.prepare << "INSERT INTO report_recipient (address_key, message_id, address, received_at, complaint, "
                          "unsubscribe, suppresses) "
                          "VALUES (:key, :id, :address, :at, :complaint, :unsubscribe, :suppresses) ON CONFLICT DO "
                          "NOTHING",
           soci::use(bound_.key), soci::use(bound_.id), soci::use(bound_.address, bound_.address_set),
           soci::use(bound_.at), soci::use(bound_.complaint), soci::use(bound_.unsubscribe),
           soci::use(bound_.suppresses))),
      insert_quarantine_(
          (sql.prepare << "INSERT INTO quarantine (message_id, reason, since) VALUES (:id, :reason, :at)",
           soci::use(bound_.id), soci::use(bound_.reason), soci::use(bound_.at))),
      delete_unsettled_((sql.prepare << "DELETE FROM unsettled WHERE message_id = :id", soci::use(bound_.id))) {}

void SettlementRows::write(const domain::Settlement& settlement) {
    bound_.id = settlement.message_id;
    delete_unsettled_.execute(true);
    if (delete_unsettled_.get_affected_rows() == 0)
        return; // somebody settled it meanwhile: once is enough
    bound_.at = settlement.received_at;
    bound_.kind = settlement.kind;
    domain::Disposition disposition = settlement.disposition;
    if (settlement.report && !write_report(settlement))
        disposition = domain::Disposition::duplicate_report;
    bound_.disposition = std::string(domain::to_text(disposition));
    insert_outcome_.execute(true);
    if (settlement.quarantine) {
        bound_.reason = util::to_valid_utf8(*settlement.quarantine);
        insert_quarantine_.execute(true);
    }
    Outcomes& sum = outcomes_[{settlement.feed, util::day_of(settlement.received_at), disposition}];
    ++sum.messages;
    sum.last_at = std::max<long long>(sum.last_at, settlement.received_at);
}

namespace {

soci::indicator set(std::string& target, const std::optional<std::string>& value) {
    if (!value)
        return soci::i_null;
    target = util::to_valid_utf8(*value);
    std::erase(target, '\0'); // SQLite's text functions stop there
    return soci::i_ok;
}

} // namespace

bool SettlementRows::write_report(const domain::Settlement& settlement) {
    const domain::Settlement::Report& row = *settlement.report;
    const domain::FeedbackReport& report = row.report;
    bound_.identity = as_bytes(row.identity);
    bound_.dialect = std::string(domain::to_text(report.dialect));
    set(bound_.feedback_type, report.feedback_type);
    bound_.complaint = report.complaint ? 1 : 0;
    bound_.unsubscribe = report.unsubscribe ? 1 : 0;
    bound_.source_ip = report.source_ip.value ? report.source_ip.value->text() : std::string();
    bound_.source_ip_set = report.source_ip.value ? soci::i_ok : soci::i_null;
    bound_.source_ip_from = report.source_ip.from;
    bound_.mail_from_set = set(bound_.mail_from, report.original_mail_from.value);
    bound_.recipient_status = std::string(domain::to_text(report.recipient.status));
    set(bound_.recipient_from, report.recipient.from);
    bound_.reported_id_set = set(bound_.reported_id, report.reported.message_id);
    bound_.reported_from_set = set(bound_.reported_from, report.reported.from);
    bound_.list_id_set = set(bound_.list_id, report.reported.list_id);
    bound_.arrival = report.arrival_date.value.value_or(0);
    bound_.arrival_set = report.arrival_date.value ? soci::i_ok : soci::i_null;
    bound_.arrival_from = report.arrival_date.from;
    bound_.report_date = row.report_date;
    bound_.incidents = report.incidents;
    insert_report_.execute(true);
    if (!insert_report_.got_data())
        return false;
    for (const domain::Address& address : report.recipient.addresses) {
        bound_.key = address.key();
        bound_.address = address.text();
        bound_.address_set = bound_.address == bound_.key ? soci::i_null : soci::i_ok;
        bound_.suppresses = std::ranges::find(row.suppress, address) != row.suppress.end() ? 1 : 0;
        insert_recipient_.execute(true);
    }
    if (report.complaint) {
        Complaints& sum = complaints_[{bound_.source_ip, row.arrival_day, row.report_day}];
        ++sum.reports;
        sum.complaints += row.counted;
        sum.attributed += report.recipient.addresses.empty() ? 0 : 1;
    }
    return true;
}

void SettlementRows::write_sums() {
    std::string text;
    long long arrival_day = 0;
    long long report_day = 0;
    Complaints complaints;
    soci::statement add_complaints =
        (sql_.prepare
             << "INSERT INTO complaint_count (source_ip, arrival_day, report_day, reports, complaints, attributed) "
                "VALUES (:ip, :arrival, :report, :reports, :complaints, :attributed) "
                "ON CONFLICT (source_ip, arrival_day, report_day) DO UPDATE SET reports = reports + excluded.reports, "
                "complaints = complaints + excluded.complaints, attributed = attributed + excluded.attributed",
         soci::use(text), soci::use(arrival_day), soci::use(report_day), soci::use(complaints.reports),
         soci::use(complaints.complaints), soci::use(complaints.attributed));
    for (const auto& [key, sum] : complaints_) {
        std::tie(text, arrival_day, report_day) = key;
        complaints = sum;
        add_complaints.execute(true);
    }
    std::string disposition;
    Outcomes outcomes;
    soci::statement add_outcomes =
        (sql_.prepare << "INSERT INTO outcome_count (feed, day, disposition, messages, last_at) VALUES (:feed, :day, "
                         ":disposition, :n, :at) "
                         "ON CONFLICT (feed, day, disposition) DO UPDATE SET messages = messages + excluded.messages, "
                         "last_at = max(last_at, excluded.last_at)",
         soci::use(text), soci::use(report_day), soci::use(disposition), soci::use(outcomes.messages),
         soci::use(outcomes.last_at));
    for (const auto& [key, sum] : outcomes_) {
        text = std::get<0>(key);
        report_day = std::get<1>(key);
        disposition = std::string(domain::to_text(std::get<2>(key)));
        outcomes = sum;
        add_outcomes.execute(true);
    }
    complaints_.clear();
    outcomes_.clear();
}

} // namespace jmrp::store
