// What came in and what still waits, in counts.
#include "store/connection.hpp"

namespace jmrp::store {

std::vector<domain::FeedDay> Store::feed_days(util::Day first_day) {
    std::vector<domain::FeedDay> out;
    connection_->translated("read what came in", [&] {
        const long long first = first_day;
        std::string feed;
        long long day = 0, reports = 0, complaints = 0, attributed = 0, unverified = 0, opened = 0, refused = 0, at = 0;
        soci::statement select =
            (connection_->sql.prepare
                 << "SELECT feed, day, reports, complaints, attributed, unverified, tokens_opened, "
                    "tokens_refused, last_report_at FROM feed_day WHERE day >= :first ORDER BY "
                    "feed, day",
             soci::use(first), soci::into(feed), soci::into(day), soci::into(reports), soci::into(complaints),
             soci::into(attributed), soci::into(unverified), soci::into(opened), soci::into(refused), soci::into(at));
        select.execute();
        while (select.fetch())
            out.push_back(
                {feed, static_cast<util::Day>(day), reports, complaints, attributed, unverified, opened, refused, at});
    });
    return out;
}

std::vector<RecentReport> Store::recent_reports(std::size_t limit) {
    std::vector<RecentReport> out;
    connection_->translated("look for the newest reports", [&] {
        const auto most = static_cast<long long>(limit);
        long long id = 0;
        std::string verdict;
        soci::statement select = (connection_->sql.prepare << "SELECT message_id, verdict FROM report ORDER BY "
                                                              "message_id DESC LIMIT :most",
                                  soci::use(most), soci::into(id), soci::into(verdict));
        select.execute();
        while (select.fetch())
            out.push_back({id, verdict});
    });
    return out;
}

domain::Backlog Store::backlog() {
    domain::Backlog out;
    connection_->translated("read what waits", [&] {
        auto& sql = connection_->sql;
        std::int64_t last_rebuilt = 0;
        if (connection_->number("SELECT count(*) FROM sqlite_schema WHERE name = 'rebuild'") != 0)
            last_rebuilt = connection_->number("SELECT coalesce(max(last_message), 0) FROM rebuild");
        const std::string rebuilt = std::to_string(last_rebuilt);
        out.rebuilding = connection_->number("SELECT count(*) FROM unsettled WHERE message_id <= " + rebuilt);
        if (out.rebuilding > 0)
            out.rebuild_began = connection_->number("SELECT coalesce(max(began_at), 0) FROM rebuild");
        out.unsettled = connection_->number("SELECT count(*) FROM unsettled WHERE message_id > " + rebuilt);
        // The first that was kept; to look for the smallest date would read every one of a long queue.
        const std::int64_t oldest = connection_->number("SELECT coalesce(max(received_at), 0) FROM message WHERE id = "
                                                        "(SELECT min(message_id) FROM unsettled WHERE message_id > " +
                                                        rebuilt + ")");
        if (out.unsettled > 0 && oldest > 0) // a settler may have come between
            out.oldest_unsettled = oldest;
        out.quarantined = connection_->number("SELECT count(*) FROM quarantine");
        std::string reason;
        long long reports = 0;
        long long since = 0;
        soci::statement select =
            (sql.prepare << "SELECT reason, count(*), min(since) FROM held GROUP BY reason ORDER BY reason",
             soci::into(reason), soci::into(reports), soci::into(since));
        select.execute();
        while (select.fetch())
            out.held.push_back(
                {domain::from_text<domain::Hold>(reason).value_or(domain::Hold::unverified), reports, since});
    });
    return out;
}

} // namespace jmrp::store
