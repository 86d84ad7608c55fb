// How much was sent: what the send log counts, and counts that were given.
#include <limits>
#include <tuple>

#include "store/connection.hpp"
#include "store/send_log_file.hpp"

namespace jmrp::store {

namespace {

/// In the order of domain::TrafficBy.
constexpr const char* columns[] = {"source_ip", "domain", "list", "campaign"};

/// Rows of one table in order of provider, name and day. They are many, so the statement does nothing that need not be done.
class DayRows {
  public:
    DayRows(const Sqlite& database, TrafficOrigin whose, const TrafficQuery& query)
        : origin(whose), statement_(database, select(whose, query)) {
        if (query.first_day)
            statement_.bind(1, std::int64_t{*query.first_day});
        if (query.last_day)
            statement_.bind(2, std::int64_t{*query.last_day});
        if (query.provider)
            statement_.bind(3, *query.provider);
        if (query.name)
            statement_.bind(4, *query.name);
        step();
    }

    void step() {
        do
            more = statement_.step();
        while (more && says_nothing());
        if (!more)
            return;
        provider = statement_.text(0);
        name = statement_.text(1);
        day = static_cast<util::Day>(statement_.number(2));
    }
    auto place() const { return std::tie(provider, name, day); }
    void add_to(TrafficRow& row) const {
        const std::int64_t accepted = statement_.number(3);
        const std::int64_t deferred = statement_.number(4);
        const std::int64_t rejected = statement_.number(5);
        row.attempted += origin == TrafficOrigin::counts ? statement_.number(6) : accepted + deferred + rejected;
        row.accepted += accepted;
        row.deferred += deferred;
        row.rejected += rejected;
    }

    TrafficOrigin origin;
    bool more = false;
    std::string_view provider; ///< this and the name: until the next step
    std::string_view name;
    util::Day day = 0;

  private:
    static std::string select(TrafficOrigin whose, const TrafficQuery& query) {
        const std::string name = columns[static_cast<std::size_t>(query.by)];
        std::string out = "SELECT provider, " + name + ", day, accepted, deferred, rejected";
        out += whose == TrafficOrigin::counts ? ", attempted FROM traffic_count WHERE 1" : " FROM sent_count WHERE 1";
        for (const auto& [asked, condition] : {std::pair{query.first_day.has_value(), std::string("day >= ?1")},
                                               std::pair{query.last_day.has_value(), std::string("day <= ?2")},
                                               std::pair{query.provider.has_value(), std::string("provider = ?3")},
                                               std::pair{query.name.has_value(), name + " = ?4"}})
            if (asked)
                out += " AND " + condition;
        return out + " ORDER BY provider, " + name + ", day";
    }

    /// Counts say nothing of what they do not name; in the send log a corrected count may be 0.
    bool says_nothing() const {
        if (origin == TrafficOrigin::counts)
            return statement_.text(1).empty();
        return statement_.number(3) == 0 && statement_.number(4) == 0 && statement_.number(5) == 0;
    }

    Statement statement_;
};

/// Takes a row into what is asked for, and steps on.
void take(DayRows& from, bool per_day, std::vector<TrafficRow>& out) {
    const util::Day day = per_day ? from.day : 0;
    if (out.empty() || out.back().day != day || out.back().name != from.name || out.back().provider != from.provider) {
        TrafficRow& row = out.emplace_back();
        row.name = from.name;
        row.provider = from.provider;
        row.day = day;
        row.origin = from.origin;
    }
    TrafficRow& row = out.back();
    from.add_to(row);
    if (row.origin != from.origin)
        row.origin = TrafficOrigin::both;
    from.step();
}

} // namespace

std::vector<TrafficRow> Store::traffic(const TrafficQuery& query) {
    std::vector<TrafficRow> out;
    constexpr const char* attempted = "read how much was sent";
    connection_->in_snapshot(attempted, [&] {
        const Sqlite main = connection_->raw(attempted);
        DayRows given(main, TrafficOrigin::counts, query);
        const auto send_log = query.by == domain::TrafficBy::source_ip ? read_send_log(options()) : nullptr;
        if (send_log) {
            DayRows logged(*send_log, TrafficOrigin::send_log, query);
            while (logged.more) {
                if (given.more && given.place() <= logged.place()) {
                    if (given.place() == logged.place())
                        logged.step();
                    take(given, query.per_day, out);
                } else {
                    take(logged, query.per_day, out);
                }
            }
        }
        while (given.more)
            take(given, query.per_day, out);
    });
    return out;
}

KeptTraffic Store::keep_traffic(std::span<const domain::TrafficCount> counts, std::string_view source) {
    KeptTraffic kept;
    constexpr const char* attempted = "keep how much was sent";
    connection_->in_transaction(attempted, Durability::durable, [&] {
        kept = {};
        const Sqlite main = connection_->raw(attempted);
        Statement insert(main,
                         "INSERT INTO traffic_count (provider, source_ip, day, domain, list, campaign, source, "
                         "attempted, accepted, deferred, rejected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
                         "?11) ON CONFLICT DO NOTHING");
        Statement change(main,
                         "UPDATE traffic_count SET attempted = ?8, accepted = ?9, deferred = ?10, rejected = ?11 "
                         "WHERE provider = ?1 AND source_ip = ?2 AND day = ?3 AND domain = ?4 AND list = ?5 AND "
                         "campaign = ?6 AND source = ?7 AND (attempted, accepted, deferred, rejected) IS NOT (?8, "
                         "?9, ?10, ?11)");
        const auto changes = [&](Statement& statement, const domain::TrafficCount& count) {
            statement.bind(1, count.provider).bind(2, count.source_ip).bind(3, std::int64_t{count.day});
            statement.bind(4, count.domain).bind(5, count.list).bind(6, count.campaign).bind(7, source);
            statement.bind(8, count.attempted)
                .bind(9, count.accepted)
                .bind(10, count.deferred)
                .bind(11, count.rejected);
            statement.step();
            return main.changes() > 0;
        };
        for (const domain::TrafficCount& count : counts)
            ++(changes(insert, count) ? kept.fresh : changes(change, count) ? kept.changed : kept.known);
    });
    return kept;
}

} // namespace jmrp::store
