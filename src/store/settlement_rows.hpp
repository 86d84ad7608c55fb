#pragma once
// The derived rows of settled messages. Private to store/.
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "store/changes.hpp"
#include "store/connection.hpp"

namespace jmrp::store {

/// What a complaint counts for, and the expression over `report AS r` that gives its name.
inline constexpr std::pair<domain::TrafficBy, const char*> complaint_names[] = {
    {domain::TrafficBy::source_ip, "coalesce(r.source_ip, '')"},
    {domain::TrafficBy::domain, "r.sending_domain"},
    {domain::TrafficBy::list, "r.list"},
    {domain::TrafficBy::campaign, "r.campaign"}};

/// Writes settlements inside one transaction. Rows of sums are added up in memory and written once at the end: a batch
/// of a thousand complaints touches a handful of counters, not a thousand.
class SettlementRows {
  public:
    explicit SettlementRows(soci::session& sql);
    void write(const domain::Settlement& settlement);
    void write_sums();

  private:
    /// False: this report was counted before. Out of time: it is held, because its feed suppressed enough people this hour.
    bool write_report(const domain::Settlement& settlement, bool in_time);
    void write_people(const domain::Settlement::Report& row, bool suppress);
    /// The person of bound_.key.
    void write_person(const domain::Person& person);
    /// How it ended: whether it suppressed anybody.
    domain::Disposition write_bounce(const domain::Settlement& settlement);
    /// Whether a report or a decision about the person of bound_.key was there before.
    int is_known();
    /// Notes since when it suppresses where that is long after its receipt.
    void note_late(const domain::Settlement& settlement, const std::vector<domain::Person>& suppressed);
    void write_hold(domain::Hold reason, const domain::Settlement::Report& row);
    void add_to_complaints(const domain::Settlement& settlement);
    void add_to_feed_day(const domain::Settlement& settlement);
    void write_feed_days();
    /// Whether so many more people, of this settlement, still fit into the hour.
    bool keeps_pace(const domain::Settlement& settlement, std::size_t people, std::uint32_t pace_per_hour);
    /// The people that reports of the feed suppressed in this hour of receipt so far.
    long long& people_of_hour(const domain::Settlement& settlement);

    struct Complaints {
        long long reports = 0;
        long long complaints = 0;
        long long attributed = 0;
        long long unverified = 0;
    };
    struct FeedDay {
        long long reports = 0;
        long long complaints = 0;
        long long attributed = 0;
        long long unverified = 0;
        long long tokens_opened = 0;
        long long tokens_refused = 0;
        long long last_report_at = 0;
    };
    struct Outcomes {
        long long messages = 0;
        long long last_at = 0;
    };

    soci::session& sql_;
    /// By what they count for, day of the report, name and day of arrival: in the order of the table.
    std::map<std::tuple<domain::TrafficBy, util::Day, std::string, util::Day>, Complaints> complaints_;
    std::map<std::tuple<std::string, util::Day, domain::Disposition>, Outcomes> outcomes_;
    std::map<std::pair<std::string, util::Day>, FeedDay> feed_days_;
    std::map<std::pair<std::string, util::Seconds>, long long> pace_; ///< by feed and hour

    // What the statements are bound to; filled before each execution.
    struct Bound {
        long long id = 0;
        std::string kind, disposition, reason, identity, dialect, feedback_type, source_ip, source_ip_from, mail_from;
        std::string recipient_status, recipient_from, basis, verdict, reported_id, sending_domain, list, campaign,
            arrival_from, key, address, scope, from_domain;
        long long at = 0;
        long long sealed = 0, arrival = 0, report_date = 0, arrival_day = 0, report_day = 0, incidents = 0, counted = 0;
        int complaint = 0, unsubscribe = 0, suppresses = 0, again = 0, by_report = 0, by_decision = 0, attributed = 0,
            token_refused = 0, dkim_aligned = 0;
        soci::indicator source_ip_set = soci::i_null, mail_from_set = soci::i_null, reported_id_set = soci::i_null;
        soci::indicator sending_domain_set = soci::i_null, list_set = soci::i_null, campaign_set = soci::i_null;
        soci::indicator arrival_set = soci::i_null, from_domain_set = soci::i_null;
        soci::indicator address_set = soci::i_null, sealed_set = soci::i_null;
        long long inserted = 0;
    } bound_;
    soci::statement insert_outcome_;
    soci::statement insert_report_;
    soci::statement find_person_;
    soci::statement insert_recipient_;
    soci::statement insert_quarantine_;
    soci::statement insert_held_;
    soci::statement insert_held_person_;
    soci::statement delete_unsettled_;
    ChangeRows journal_;
};

} // namespace jmrp::store
