#pragma once
// The writer of the send log, inside. Private to store/.
#include <map>
#include <tuple>
#include <unordered_map>

#include "store/refusals.hpp"
#include "store/send_log_file.hpp"

namespace jmrp::store {

using domain::SentStatus;

struct Route {
    std::string source_ip;
    std::string provider;
};

/// A row of sent, as it is found.
struct Found {
    std::int64_t id = 0;
    util::Day day = 0;
    SentStatus status = SentStatus::accepted;
    util::Seconds at = 0;
    std::int64_t route = 0;
    bool named = false;
};

struct Keys {
    std::int64_t queue = 0;
    std::int64_t recipient = 0;
    std::optional<std::int64_t> message;
};

struct SendLogWriter::State {
    explicit State(const Options& options);

    Added add(std::span<const domain::SentEvent> events, LogPosition* position, util::Seconds now);
    void expire_rows(util::Day before, const std::function<bool()>& stop, std::uint64_t& deleted);

    // One for each kind of event
    void take(const domain::SentRecord& record);
    void take(const domain::SentName& name);
    void take(const domain::SentEnd& end);

    std::int64_t route_of(const domain::SentRecord& record);
    const Route& route(std::int64_t id);
    std::optional<std::int64_t> name_of(const domain::SentRecord& record);
    std::optional<std::int64_t> name_of_sibling(const domain::SentRecord& record);
    bool has_rows(const domain::SentEnd& end);
    std::optional<Found> row_at(util::Day day, const Keys& keys);
    std::optional<Found> row_of_earlier_attempt(util::Day day, const Keys& keys, SentStatus status);
    bool insert(const domain::SentRecord& record, util::Day day, const Keys& keys, std::int64_t route);
    void change(const Found& row, const domain::SentRecord& record, std::int64_t route);
    void write_position(LogPosition& position, util::Seconds now);
    void write_names();
    void write_counts();
    void count(util::Seconds at, std::int64_t route, SentStatus status, int difference);
    std::int64_t number(std::string_view sql);

    struct Name {
        util::Seconds at = 0;
        std::int64_t message_key = 0;
        std::optional<util::Seconds> until;
    };
    struct Counts {
        std::int64_t by_status[3] = {0, 0, 0};
    };

    Sqlite database;
    // Of the transaction under way
    Added added;
    util::Day first_day = 0; ///< oldest day with rows
    util::Day last_day = 0;  ///< newest day with rows
    std::unordered_map<std::int64_t, std::vector<Name>> names;
    std::map<std::tuple<util::Day, std::string, std::string>, Counts> counts;
    HourSums hours;
    // Of the file
    std::unordered_map<std::string, std::int64_t> route_ids;
    std::unordered_map<std::int64_t, Route> routes;

    Statement insert_route{database, "INSERT INTO sent_route (server, relay, provider, source_ip) VALUES (?1, ?2, ?3, "
                                     "?4) ON CONFLICT DO NOTHING"};
    Statement find_route{database, "SELECT id FROM sent_route WHERE server = ?1 AND relay = ?2 AND provider = ?3 AND "
                                   "source_ip = ?4"};
    Statement read_route{database, "SELECT source_ip, provider FROM sent_route WHERE id = ?1"};
    Statement insert_row{database, "INSERT INTO sent (day, queue_key, recipient_key, message_key, recipient, route, "
                                   "status, at, deferrals) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                                   "ON CONFLICT DO NOTHING"};
    Statement find_row{database, "SELECT id, day, status, at, route, message_key FROM sent INDEXED BY sent_delivery "
                                 "WHERE day = ?1 AND queue_key "
                                 "= ?2 AND recipient_key = ?3"};
    Statement update_row{database, "UPDATE sent SET status = ?2, at = ?3, route = ?4 WHERE id = ?1"};
    Statement name_row{database, "UPDATE sent SET message_key = ?2 WHERE id = ?1"};
    Statement add_deferral_to_row{database, "UPDATE sent SET deferrals = deferrals + 1 WHERE id = ?1"};
    Statement insert_deferral{database, "INSERT INTO sent_deferral (queue_key, recipient_key, at, day) VALUES (?1, ?2, "
                                        "?3, ?4) ON CONFLICT DO NOTHING"};
    Statement find_deferral{database, "SELECT day FROM sent_deferral WHERE queue_key = ?1 AND recipient_key = ?2 AND "
                                      "day BETWEEN ?3 AND ?4 ORDER BY day DESC LIMIT 1"};
    Statement insert_name{database, "INSERT INTO sent_name (name_key, at, message_key, until) VALUES (?1, ?2, ?3, "
                                    "?4) ON CONFLICT DO NOTHING"};
    Statement find_name{database, "SELECT at, message_key FROM sent_name WHERE name_key = ?1 AND at BETWEEN ?2 AND ?3 "
                                  "AND coalesce(until, ?3) + ?4 >= ?3 ORDER BY at DESC LIMIT 1"};
    Statement delete_name{database, "DELETE FROM sent_name WHERE name_key = ?1 AND at <= ?2"};
    Statement end_name{database, "UPDATE sent_name SET until = ?3 WHERE name_key = ?1 AND at <= ?2 AND until IS NULL"};
    // The engine is told its way: without statistics it takes one index for another.
    Statement find_sibling{database,
                           "SELECT s.message_key FROM sent AS s INDEXED BY sent_delivery CROSS JOIN sent_route AS "
                           "r ON r.id = s.route WHERE s.day = ?1 AND s.queue_key = ?2 AND r.server = ?3 AND "
                           "s.message_key IS NOT NULL LIMIT 1"};
    Statement find_unnamed{database,
                           "SELECT s.id FROM sent AS s INDEXED BY sent_unnamed CROSS JOIN sent_route AS r ON r.id "
                           "= s.route WHERE s.day = ?1 AND s.queue_key = ?2 AND s.message_key IS NULL AND "
                           "s.at >= ?3 AND r.server = ?4"};
    Statement add_count{database, "INSERT INTO sent_count (day, source_ip, provider, accepted, deferred, rejected) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET accepted = accepted + "
                                  "excluded.accepted, deferred = deferred + excluded.deferred, rejected = rejected + "
                                  "excluded.rejected"};
};

} // namespace jmrp::store
