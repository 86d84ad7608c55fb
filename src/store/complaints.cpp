// How many complaints there are about what, and when.
#include <limits>
#include <set>

#include "store/connection.hpp"
#include "store/send_log_file.hpp"

namespace jmrp::store {

void Store::for_each_complaint_count(const ComplaintQuery& query,
                                     const std::function<void(const ComplaintCount&)>& each) {
    const Sqlite database = connection_->raw("read the complaints");
    Statement select(database, "SELECT name, report_day, arrival_day, reports, complaints, attributed, unverified FROM "
                               "complaint_count WHERE counted_by = ?1 AND report_day >= ?2 AND (?3 OR name = ?4) "
                               "ORDER BY report_day, name, arrival_day");
    const std::string name = query.name.value_or("");
    select.bind(1, static_cast<std::int64_t>(query.by))
        .bind(2, std::int64_t{query.first_day.value_or(std::numeric_limits<util::Day>::min())})
        .bind(3, std::int64_t{query.name ? 0 : 1})
        .bind(4, name);
    while (select.step())
        each({select.text(0), static_cast<util::Day>(select.number(1)), static_cast<util::Day>(select.number(2)),
              select.number(3), select.number(4), select.number(5), select.number(6)});
}

std::vector<util::Day> Store::days_with_traffic(domain::TrafficBy by, util::Day first_day, util::Day last_day) {
    constexpr const char* columns[] = {"source_ip", "domain", "list", "campaign"}; // as domain::TrafficBy
    std::set<util::Day> days;
    const auto add = [&](const Sqlite& database, const std::string& rows) {
        Statement select(database, "SELECT DISTINCT day FROM " + rows + " AND day BETWEEN ?1 AND ?2");
        select.bind(1, std::int64_t{first_day}).bind(2, std::int64_t{last_day});
        while (select.step())
            days.insert(static_cast<util::Day>(select.number(0)));
    };
    constexpr const char* attempted = "read on which days mail was sent";
    add(connection_->raw(attempted),
        std::string("traffic_count WHERE ") + columns[static_cast<std::size_t>(by)] + " <> ''");
    if (const auto send_log = by == domain::TrafficBy::source_ip ? read_send_log(options()) : nullptr)
        add(*send_log, "sent_count WHERE true");
    return {days.begin(), days.end()};
}

std::vector<DkimSeen> Store::dkim_seen() {
    std::vector<DkimSeen> out;
    constexpr const char* attempted = "read what receivers say of signatures";
    connection_->in_snapshot(attempted, [&] {
        const Sqlite database = connection_->raw(attempted);
        // From one domain to the next in the index: reports are many, domains few.
        Statement next(database, "SELECT min(from_domain) FROM report WHERE from_domain > ?1");
        Statement last(database, "SELECT max(report_date) FROM report WHERE from_domain = ?1 AND dkim_aligned = ?2");
        for (std::string domain; next.bind(1, domain).step() && !next.is_null(0); next.reset()) {
            domain = next.text(0);
            DkimSeen one{domain, {}, {}};
            for (const auto& [aligned, at] : {std::pair{1, &DkimSeen::right}, std::pair{0, &DkimSeen::wrong}}) {
                if (last.bind(1, domain).bind(2, std::int64_t{aligned}).step() && !last.is_null(0))
                    one.*at = last.number(0);
                last.reset();
            }
            out.push_back(std::move(one));
        }
    });
    return out;
}

} // namespace jmrp::store
