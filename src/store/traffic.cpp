// How much was sent: what the send log counts, and counts that were given.
#include <limits>
#include <tuple>

#include "store/connection.hpp"
#include "store/send_log_file.hpp"

namespace jmrp::store {

namespace {

/// In the order of domain::TrafficBy.
constexpr const char* columns[] = {"source_ip", "domain", "list", "campaign"};

/// Rows of one table in order of provider, name and day.
class DayRows {
  public:
    DayRows(const Sqlite& database, const std::string& sql, const TrafficQuery& query) : statement_(database, sql) {
        statement_.bind(1, std::int64_t{query.first_day.value_or(std::numeric_limits<util::Day>::min())})
            .bind(2, std::int64_t{query.last_day.value_or(std::numeric_limits<util::Day>::max())});
        if (query.provider)
            statement_.bind(3, *query.provider);
        if (query.name)
            statement_.bind(4, *query.name);
        step();
    }

    /// What a query asks for, as the end of a WHERE.
    static std::string conditions(const TrafficQuery& query, const std::string& name_column) {
        std::string out = "day BETWEEN ?1 AND ?2";
        if (query.provider)
            out += " AND provider = ?3";
        if (query.name)
            out += " AND " + name_column + " = ?4";
        return out;
    }

    void step() {
        more = statement_.step();
        if (!more)
            return;
        provider = statement_.text(0);
        name = statement_.text(1);
        day = static_cast<util::Day>(statement_.number(2));
    }
    std::int64_t number(int column) const { return statement_.number(column); }
    auto place() const { return std::tie(provider, name, day); }

    bool more = false;
    std::string_view provider; ///< this and the name: until the next step
    std::string_view name;
    util::Day day = 0;

  private:
    Statement statement_;
};

std::string select_logged(const TrafficQuery& query) {
    return "SELECT provider, source_ip, day, accepted + deferred + rejected, accepted, deferred, rejected FROM "
           "sent_count "
           "WHERE accepted + deferred + rejected > 0 AND " +
           DayRows::conditions(query, "source_ip") + " ORDER BY provider, source_ip, day";
}

std::string select_given(const TrafficQuery& query) {
    const std::string name = columns[static_cast<std::size_t>(query.by)];
    return "SELECT provider, " + name +
           " AS name, day, sum(attempted), sum(accepted), sum(deferred), sum(rejected) FROM traffic_count WHERE " +
           name + " <> '' AND " + DayRows::conditions(query, name) + " GROUP BY provider, " + name +
           ", day ORDER BY provider, " + name + ", day";
}

void take(DayRows& from, TrafficOrigin origin, bool per_day, std::vector<TrafficRow>& out) {
    const bool goes_on =
        !per_day && !out.empty() && out.back().name == from.name && out.back().provider == from.provider;
    if (!goes_on) {
        TrafficRow& row = out.emplace_back();
        row.name = from.name;
        row.provider = from.provider;
        row.day = per_day ? from.day : 0;
        row.origin = origin;
    }
    TrafficRow& row = out.back();
    row.attempted += from.number(3);
    row.accepted += from.number(4);
    row.deferred += from.number(5);
    row.rejected += from.number(6);
    if (row.origin != origin)
        row.origin = TrafficOrigin::both;
    from.step();
}

} // namespace

std::vector<TrafficRow> Store::traffic(const TrafficQuery& query) {
    std::vector<TrafficRow> out;
    constexpr const char* attempted = "read how much was sent";
    connection_->in_snapshot(attempted, [&] {
        const Sqlite main = connection_->raw(attempted);
        DayRows given(main, select_given(query), query);
        const auto send_log = query.by == domain::TrafficBy::source_ip ? read_send_log(options()) : nullptr;
        if (send_log) {
            DayRows logged(*send_log, select_logged(query), query);
            while (logged.more) {
                if (given.more && given.place() <= logged.place()) {
                    if (given.place() == logged.place())
                        logged.step();
                    take(given, TrafficOrigin::counts, query.per_day, out);
                } else {
                    take(logged, TrafficOrigin::send_log, query.per_day, out);
                }
            }
        }
        while (given.more)
            take(given, TrafficOrigin::counts, query.per_day, out);
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
