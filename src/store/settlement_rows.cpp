#include "store/settlement_rows.hpp"

#include <algorithm>

#include "domain/leak.hpp"
#include "store/bounces.hpp"
#include "store/facts.hpp"
#include "store/requests.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

constexpr util::Seconds seconds_per_hour = 3600;

} // namespace

SettlementRows::SettlementRows(soci::session& sql)
    : sql_(sql),
      insert_outcome_(
          (sql.prepare << "INSERT INTO outcome (message_id, kind, disposition) VALUES (:id, :kind, :disposition)",
           soci::use(bound_.id), soci::use(bound_.kind), soci::use(bound_.disposition))),
      insert_report_((
          sql.prepare
              << "INSERT INTO report (message_id, identity, dialect, feedback_type, complaint, unsubscribe, source_ip, "
                 "source_ip_from, original_mail_from, recipient_status, recipient_from, basis, verdict, attributed, "
                 "token_refused, counted, reported_message_id, sending_domain, list, campaign, sealed_at, "
                 "arrival_date, arrival_date_from, report_date, arrival_day, report_day, incidents, from_domain, "
                 "dkim_aligned) "
                 "VALUES (:id, CAST(:identity AS BLOB), :dialect, :type, :complaint, :unsubscribe, :ip, :ip_from, "
                 ":mail_from, :status, :recipient_from, :basis, :verdict, :attributed, :token_refused, :counted, "
                 ":reported_id, "
                 ":sending_domain, :list, :campaign, :sealed, :arrival, :arrival_from, :report_date, :arrival_day, "
                 ":report_day, "
                 ":incidents, :from_domain, :dkim_aligned) ON CONFLICT (identity) DO NOTHING RETURNING message_id",
          soci::use(bound_.id), soci::use(bound_.identity), soci::use(bound_.dialect), soci::use(bound_.feedback_type),
          soci::use(bound_.complaint), soci::use(bound_.unsubscribe), soci::use(bound_.source_ip, bound_.source_ip_set),
          soci::use(bound_.source_ip_from), soci::use(bound_.mail_from, bound_.mail_from_set),
          soci::use(bound_.recipient_status), soci::use(bound_.recipient_from), soci::use(bound_.basis),
          soci::use(bound_.verdict), soci::use(bound_.attributed), soci::use(bound_.token_refused),
          soci::use(bound_.counted), soci::use(bound_.reported_id, bound_.reported_id_set),
          soci::use(bound_.sending_domain, bound_.sending_domain_set), soci::use(bound_.list, bound_.list_set),
          soci::use(bound_.campaign, bound_.campaign_set), soci::use(bound_.sealed, bound_.sealed_set),
          soci::use(bound_.arrival, bound_.arrival_set), soci::use(bound_.arrival_from), soci::use(bound_.report_date),
          soci::use(bound_.arrival_day), soci::use(bound_.report_day), soci::use(bound_.incidents),
          soci::use(bound_.from_domain, bound_.from_domain_set), soci::use(bound_.dkim_aligned, bound_.from_domain_set),
          soci::into(bound_.inserted))),
      find_person_((sql.prepare << "SELECT EXISTS (SELECT 1 FROM report_recipient WHERE address_key = :key AND "
                                   "message_id <> :id), EXISTS (SELECT 1 FROM suppression_decision WHERE address_key "
                                   "= :key)",
                    soci::use(bound_.key), soci::use(bound_.id), soci::into(bound_.by_report),
                    soci::into(bound_.by_decision))),
      insert_recipient_(
          (sql.prepare << "INSERT INTO report_recipient (address_key, scope, message_id, address, received_at, "
                          "complaint, unsubscribe, suppresses, again) VALUES (:key, :scope, :id, :address, :at, "
                          ":complaint, :unsubscribe, :suppresses, :again) ON CONFLICT DO NOTHING",
           soci::use(bound_.key), soci::use(bound_.scope), soci::use(bound_.id),
           soci::use(bound_.address, bound_.address_set), soci::use(bound_.at), soci::use(bound_.complaint),
           soci::use(bound_.unsubscribe), soci::use(bound_.suppresses), soci::use(bound_.again))),
      insert_quarantine_(
          (sql.prepare << "INSERT INTO quarantine (message_id, reason, since) VALUES (:id, :reason, :at)",
           soci::use(bound_.id), soci::use(bound_.reason), soci::use(bound_.at))),
      insert_held_((sql.prepare << "INSERT INTO held (message_id, reason, since) VALUES (:id, :reason, :at)",
                    soci::use(bound_.id), soci::use(bound_.reason), soci::use(bound_.at))),
      insert_held_person_(
          (sql.prepare << "INSERT INTO held_person (message_id, person_key) VALUES (:id, :key) ON CONFLICT DO NOTHING",
           soci::use(bound_.id), soci::use(bound_.key))),
      delete_unsettled_((sql.prepare << "DELETE FROM unsettled WHERE message_id = :id", soci::use(bound_.id))),
      journal_(sql) {}

void SettlementRows::write(const domain::Settlement& settlement) {
    bound_.id = settlement.message_id;
    delete_unsettled_.execute(true);
    if (delete_unsettled_.get_affected_rows() == 0)
        return; // somebody settled it meanwhile: once is enough
    bound_.at = settlement.received_at;
    bound_.kind = settlement.kind;
    domain::Disposition disposition = settlement.disposition;
    if (settlement.report) {
        const domain::Settlement::Report& row = *settlement.report;
        const bool in_time = row.hold || keeps_pace(settlement, row.suppress.size(), row.pace_per_hour);
        if (!in_time)
            disposition =
                row.report.complaint ? domain::Disposition::complaint_held : domain::Disposition::unsubscribe_held;
        if (!write_report(settlement, in_time))
            disposition = domain::Disposition::duplicate_report;
    }
    if (settlement.bounce)
        disposition = write_bounce(settlement);
    if (settlement.answer)
        write_answer(sql_, bound_.id, *settlement.answer);
    if (settlement.sent)
        keep_sent_evidence(sql_, bound_.id, *settlement.sent);
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

/// Forged reports and those about somebody else's IP are no complaints about us.
bool counts(domain::Disposition disposition) noexcept {
    return disposition != domain::Disposition::forged_report && disposition != domain::Disposition::foreign_report;
}

bool is_token_refused(const domain::FeedbackReport& report) noexcept {
    return report.recipient.tokens_refused > 0 && report.recipient.basis != domain::Basis::token;
}

soci::indicator set(std::string& target, const std::optional<std::string>& value) {
    if (!value)
        return soci::i_null;
    target = util::to_valid_utf8(*value);
    std::erase(target, '\0'); // SQLite's text functions stop there
    return soci::i_ok;
}

} // namespace

bool SettlementRows::write_report(const domain::Settlement& settlement, bool in_time) {
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
    bound_.basis = std::string(to_text(report.recipient.basis));
    bound_.verdict = std::string(to_text(report.authenticity.verdict));
    bound_.attributed = row.attributed ? 1 : 0;
    bound_.token_refused = is_token_refused(report) ? 1 : 0;
    bound_.counted = row.counted;
    bound_.reported_id_set = set(bound_.reported_id, report.reported.message_id);
    bound_.sealed = report.recipient.token ? report.recipient.token->sealed_at : 0;
    bound_.sealed_set = report.recipient.token ? soci::i_ok : soci::i_null;
    bound_.sending_domain_set = set(bound_.sending_domain, row.sending_domain);
    bound_.list_set = set(bound_.list, row.list);
    bound_.campaign_set = set(bound_.campaign, row.campaign);
    bound_.arrival = report.arrival_date.value.value_or(0);
    bound_.arrival_set = report.arrival_date.value ? soci::i_ok : soci::i_null;
    bound_.arrival_from = report.arrival_date.from;
    bound_.report_date = row.report_date;
    bound_.arrival_day = row.arrival_day;
    bound_.report_day = row.report_day;
    bound_.incidents = report.incidents;
    bound_.from_domain_set = set(bound_.from_domain, row.dkim ? std::optional(row.dkim->from_domain) : std::nullopt);
    bound_.dkim_aligned = row.dkim && row.dkim->aligned ? 1 : 0;
    insert_report_.execute(true);
    if (!insert_report_.got_data())
        return false;
    const std::optional<domain::Hold> hold = in_time ? row.hold : domain::Hold::pace;
    write_people(row, !hold);
    if (!hold && !row.suppress.empty())
        note_late(settlement, row.suppress);
    if (hold)
        write_hold(*hold, row);
    else if (row.pace_per_hour > 0 && !row.suppress.empty())
        people_of_hour(settlement) += static_cast<long long>(row.suppress.size());
    add_to_feed_day(settlement);
    add_to_complaints(settlement);
    return true;
}

void SettlementRows::add_to_complaints(const domain::Settlement& settlement) {
    const domain::Settlement::Report& row = *settlement.report;
    if (!row.report.complaint || !counts(settlement.disposition))
        return;
    using domain::TrafficBy;
    const auto add = [&](TrafficBy by, const std::string& name) {
        Complaints& sum = complaints_[{by, row.report_day, name, row.arrival_day}];
        ++sum.reports;
        sum.complaints += row.counted;
        sum.attributed += row.attributed ? 1 : 0;
        sum.unverified += row.report.authenticity.verdict == domain::Verdict::unverified ? 1 : 0;
    };
    add(TrafficBy::source_ip, bound_.source_ip);
    if (row.sending_domain)
        add(TrafficBy::domain, bound_.sending_domain);
    if (row.list)
        add(TrafficBy::list, bound_.list);
    if (row.campaign)
        add(TrafficBy::campaign, bound_.campaign);
}

void SettlementRows::add_to_feed_day(const domain::Settlement& settlement) {
    if (settlement.disposition == domain::Disposition::forged_report)
        return; // a stranger's mail is no sign of life of a feed
    const domain::FeedbackReport& report = settlement.report->report;
    FeedDay& sum = feed_days_[{settlement.feed, util::day_of(settlement.received_at)}];
    ++sum.reports;
    if (report.complaint && counts(settlement.disposition)) {
        ++sum.complaints;
        sum.attributed += settlement.report->attributed ? 1 : 0;
        sum.unverified += report.authenticity.verdict == domain::Verdict::unverified ? 1 : 0;
    }
    sum.tokens_opened += report.recipient.basis == domain::Basis::token ? 1 : 0;
    sum.tokens_refused += is_token_refused(report) ? 1 : 0;
    sum.last_report_at = std::max<long long>(sum.last_report_at, settlement.received_at);
}

void SettlementRows::write_people(const domain::Settlement::Report& row, bool suppress) {
    bound_.scope = row.scope.key();
    for (const domain::Person& person : row.named) {
        bound_.suppresses = suppress && std::ranges::find(row.suppress, person) != row.suppress.end() ? 1 : 0;
        write_person(person);
    }
}

void SettlementRows::write_person(const domain::Person& person) {
    bound_.key = domain::key_of(person);
    bound_.address = domain::text_of(person);
    bound_.address_set = bound_.address == bound_.key ? soci::i_null : soci::i_ok;
    bound_.again = is_known();
    insert_recipient_.execute(true);
    if (bound_.suppresses != 0)
        journal_.write(bound_.key, bound_.scope, bound_.at);
}

domain::Disposition SettlementRows::write_bounce(const domain::Settlement& settlement) {
    const domain::Settlement::Bounce& row = *settlement.bounce;
    store::write_bounce(sql_, settlement);
    if (row.suppress.empty())
        return settlement.disposition;
    if (!keeps_pace(settlement, row.suppress.size(), row.pace_per_hour))
        return domain::Disposition::bounce;
    bound_.scope = domain::Scope{}.key(); // a mailbox that does not exist takes no mail at all
    bound_.complaint = bound_.unsubscribe = 0;
    bound_.suppresses = 1;
    for (const domain::Person& person : row.suppress)
        write_person(person);
    note_late(settlement, row.suppress);
    if (row.pace_per_hour > 0)
        people_of_hour(settlement) += static_cast<long long>(row.suppress.size());
    return settlement.disposition;
}

int SettlementRows::is_known() {
    find_person_.execute(true);
    if (bound_.by_report != 0) // read again after newer ones, for it killed somebody
        sql_ << "UPDATE report_recipient SET again = 1 WHERE address_key = :key AND again = 0 AND message_id > :id",
            soci::use(bound_.key), soci::use(bound_.id);
    return bound_.by_report | bound_.by_decision;
}

void SettlementRows::note_late(const domain::Settlement& settlement, const std::vector<domain::Person>& suppressed) {
    if (settlement.settled_at - settlement.received_at <= domain::settled_in_time)
        return;
    long long before = 0;
    for (const domain::Person& person : suppressed) {
        bound_.key = domain::key_of(person);
        long long found = 0;
        sql_ << "SELECT count(*) FROM suppressed_before WHERE message_id = :id AND address_key = :key AND scope = "
                ":scope",
            soci::use(bound_.id), soci::use(bound_.key), soci::use(bound_.scope), soci::into(found);
        before += found;
    }
    if (before == static_cast<long long>(suppressed.size()))
        return;
    const long long since = settlement.settled_at;
    sql_ << "INSERT INTO late_suppression (message_id, since) VALUES (:id, :since) ON CONFLICT (message_id) DO UPDATE "
            "SET since = excluded.since",
        soci::use(bound_.id), soci::use(since);
}

void SettlementRows::write_hold(domain::Hold reason, const domain::Settlement::Report& row) {
    bound_.reason = std::string(to_text(reason));
    insert_held_.execute(true);
    for (const domain::Person& person : row.named) {
        bound_.key = domain::key_of(person);
        insert_held_person_.execute(true);
    }
}

long long& SettlementRows::people_of_hour(const domain::Settlement& settlement) {
    const auto [found, is_new] = pace_.try_emplace({settlement.feed, settlement.received_at / seconds_per_hour}, 0);
    if (is_new) {
        const auto& [feed, hour] = found->first;
        const long long wanted = hour;
        sql_ << "SELECT coalesce(sum(people), 0) FROM pace WHERE feed = :feed AND hour = :hour", soci::use(feed),
            soci::use(wanted), soci::into(found->second);
    }
    return found->second;
}

bool SettlementRows::keeps_pace(const domain::Settlement& settlement, std::size_t people, std::uint32_t pace_per_hour) {
    if (pace_per_hour == 0 || people == 0)
        return true;
    return people_of_hour(settlement) + static_cast<long long>(people) <= pace_per_hour;
}

void SettlementRows::write_sums() {
    std::string text;
    int counted_by = 0;
    long long arrival_day = 0;
    long long report_day = 0;
    Complaints complaints;
    soci::statement add_complaints =
        (sql_.prepare
             << "INSERT INTO complaint_count (counted_by, report_day, name, arrival_day, reports, complaints, "
                "attributed, unverified) VALUES (:by, :report, :name, :arrival, :reports, :complaints, :attributed, "
                ":unverified) ON CONFLICT (counted_by, report_day, name, arrival_day) DO UPDATE SET "
                "reports = reports + excluded.reports, complaints = complaints + excluded.complaints, "
                "attributed = attributed + excluded.attributed, unverified = unverified + excluded.unverified",
         soci::use(counted_by), soci::use(report_day), soci::use(text), soci::use(arrival_day),
         soci::use(complaints.reports), soci::use(complaints.complaints), soci::use(complaints.attributed),
         soci::use(complaints.unverified));
    for (const auto& [key, sum] : complaints_) {
        counted_by = static_cast<int>(std::get<0>(key));
        report_day = std::get<1>(key);
        text = std::get<2>(key);
        arrival_day = std::get<3>(key);
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
    long long hour = 0;
    long long people = 0;
    soci::statement set_pace = (sql_.prepare << "INSERT INTO pace (feed, hour, people) VALUES (:feed, :hour, :people) "
                                                "ON CONFLICT (feed, hour) DO UPDATE SET people = excluded.people",
                                soci::use(text), soci::use(hour), soci::use(people));
    for (const auto& [key, sum] : pace_) {
        std::tie(text, hour) = key;
        people = sum;
        if (people > 0)
            set_pace.execute(true);
    }
    write_feed_days();
    complaints_.clear();
    outcomes_.clear();
    pace_.clear();
}

void SettlementRows::write_feed_days() {
    std::string feed;
    long long day = 0;
    FeedDay row;
    soci::statement add =
        (sql_.prepare << "INSERT INTO feed_day (feed, day, reports, complaints, attributed, unverified, tokens_opened, "
                         "tokens_refused, last_report_at) VALUES (:feed, :day, :reports, :complaints, :attributed, "
                         ":unverified, :opened, :refused, :at) ON CONFLICT (feed, day) DO UPDATE SET "
                         "reports = reports + excluded.reports, complaints = complaints + excluded.complaints, "
                         "attributed = attributed + excluded.attributed, unverified = unverified + "
                         "excluded.unverified, tokens_opened = tokens_opened + excluded.tokens_opened, "
                         "tokens_refused = tokens_refused + excluded.tokens_refused, "
                         "last_report_at = max(last_report_at, excluded.last_report_at)",
         soci::use(feed), soci::use(day), soci::use(row.reports), soci::use(row.complaints), soci::use(row.attributed),
         soci::use(row.unverified), soci::use(row.tokens_opened), soci::use(row.tokens_refused),
         soci::use(row.last_report_at));
    for (const auto& [key, sum] : feed_days_) {
        std::tie(feed, day) = key;
        row = sum;
        add.execute(true);
    }
    feed_days_.clear();
}

} // namespace jmrp::store
