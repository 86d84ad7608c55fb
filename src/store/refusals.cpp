// Refusals and deliveries by the hour: what the send log's writer adds up, and what is asked of it.
#include "store/refusals.hpp"

#include <algorithm>

#include "store/connection.hpp"
#include "store/send_log_file.hpp"

namespace jmrp::store {

namespace {

using domain::BlockList;
using domain::DeliveryHour;

constexpr std::size_t minutes_an_hour = 60;
using Minutes = std::array<std::int32_t, minutes_an_hour>;

std::string packed(const Minutes& minutes) {
    std::string out;
    for (const std::int32_t attempts : minutes) {
        const auto kept = static_cast<unsigned>(std::clamp<std::int32_t>(attempts, 0, DeliveryHour::most_a_minute));
        out += static_cast<char>(kept >> 8U);
        out += static_cast<char>(kept & 0xFFU);
    }
    return out;
}

template <typename Number>
void add_packed(std::string_view bytes, std::array<Number, minutes_an_hour>& minutes) {
    for (std::size_t i = 0; i < minutes.size() && 2 * i + 1 < bytes.size(); ++i)
        minutes[i] = static_cast<Number>(minutes[i] + (static_cast<unsigned char>(bytes[2 * i]) << 8) +
                                         static_cast<unsigned char>(bytes[2 * i + 1]));
}

/// Nothing else has a block list of ours to ask about.
bool is_watched(std::string_view provider) {
    return provider == to_text(BlockList::outlook_com) || provider == to_text(BlockList::office365);
}

/// The earlier of two times, of which 0 is none.
util::Seconds earlier(util::Seconds a, util::Seconds b) {
    return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

} // namespace

void HourSums::count(const std::string& provider, const std::string& source_ip, domain::SentStatus status,
                     util::Seconds at, int difference) {
    if (!is_watched(provider))
        return;
    const bool accepted = status == domain::SentStatus::accepted;
    Deliveries& sum = deliveries_[{provider, source_ip, at / seconds_an_hour}];
    sum.attempts += difference;
    sum.minutes[static_cast<std::size_t>(at % seconds_an_hour / 60)] += difference;
    sum.accepted += accepted ? difference : 0;
    if (difference < 0)
        return;
    sum.first = earlier(sum.first, at);
    sum.last = std::max(sum.last, at);
    if (accepted)
        sum.last_accepted = std::max(sum.last_accepted, at);
}

void HourSums::add(const domain::Refused& refused, util::Seconds at) {
    if (!refused.servers)
        return;
    Refusals& sum = refusals_[{refused.ip ? refused.ip->text() : std::string(), std::string(to_text(*refused.servers)),
                               std::string(to_text(refused.category)),
                               std::string(refused.list ? to_text(*refused.list) : std::string_view()), refused.code,
                               at / seconds_an_hour}];
    ++sum.count;
    sum.first = earlier(sum.first, at);
    // Of the same second the greater text: logs are read in any order.
    if (std::tie(at, refused.text, refused.host) < std::tie(sum.last, sum.text, sum.host))
        return;
    sum.last = at;
    sum.host = refused.host;
    sum.text = refused.text;
    sum.rule = refused.rule;
}

void HourSums::write(const Sqlite& database) {
    write_deliveries(database);
    write_refusals(database);
    clear();
}

void HourSums::clear() {
    deliveries_.clear();
    refusals_.clear();
}

void HourSums::write_deliveries(const Sqlite& database) {
    Statement read(database, "SELECT minutes FROM sent_hour WHERE provider = ?1 AND source_ip = ?2 AND hour = ?3");
    Statement write(
        database,
        "INSERT INTO sent_hour (provider, source_ip, hour, attempts, accepted, first_at, last_at, last_accepted, "
        "minutes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), ?9) ON CONFLICT DO UPDATE SET attempts = "
        "attempts + excluded.attempts, accepted = accepted + excluded.accepted, first_at = iif(?6 = 0, first_at, "
        "min(first_at, ?6)), last_at = max(last_at, ?7), last_accepted = nullif(max(coalesce(last_accepted, 0), ?8), "
        "0), minutes = excluded.minutes");
    for (auto& [key, sum] : deliveries_) {
        const auto& [provider, source_ip, hour] = key;
        Minutes minutes = sum.minutes;
        read.bind(1, provider).bind(2, source_ip).bind(3, hour);
        if (read.step()) {
            add_packed(read.text(0), minutes);
            read.reset();
        }
        const std::string blob = packed(minutes);
        write.bind(1, provider).bind(2, source_ip).bind(3, hour).bind(4, sum.attempts).bind(5, sum.accepted);
        write.bind(6, sum.first).bind(7, sum.last).bind(8, sum.last_accepted).bind_blob(9, blob).step();
    }
}

void HourSums::write_refusals(const Sqlite& database) {
    Statement write(
        database,
        "INSERT INTO sent_refusal AS old (source_ip, provider, category, list, code, hour, refusals, first_at, "
        "last_at, "
        "host, text, rule) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO UPDATE SET "
        "refusals = refusals + ?7, first_at = min(first_at, ?8), last_at = max(last_at, ?9), "
        "host = iif((?9, ?11, ?10) > (last_at, old.text, old.host), ?10, old.host), "
        "rule = iif((?9, ?11, ?10) > (last_at, old.text, old.host), ?12, old.rule), "
        "text = iif((?9, ?11, ?10) > (last_at, old.text, old.host), ?11, old.text)");
    for (const auto& [key, sum] : refusals_) {
        const auto& [source_ip, provider, category, list, code, hour] = key;
        write.bind(1, source_ip).bind(2, provider).bind(3, category).bind(4, list).bind(5, code).bind(6, hour);
        write.bind(7, sum.count).bind(8, sum.first).bind(9, sum.last);
        write.bind(10, sum.host).bind(11, sum.text).bind(12, sum.rule).step();
    }
}

namespace {

/// Columns from the first on: source_ip, provider, category, list, code, refusals, first_at, last_at.
domain::RefusedHour refused_in(const Statement& row) {
    domain::RefusedHour out;
    out.refused.ip = domain::parse_ip(row.text(0));
    out.refused.servers = domain::from_text<BlockList>(row.text(1));
    out.refused.category =
        domain::from_text<domain::RejectionCategory>(row.text(2)).value_or(domain::RejectionCategory::other);
    out.refused.list = domain::from_text<BlockList>(row.text(3));
    out.refused.code = row.text(4);
    out.count = row.number(5);
    out.first = row.number(6);
    out.last = row.number(7);
    return out;
}

} // namespace

void Store::for_each_refused_hour(util::Seconds since, const std::function<void(const domain::RefusedHour&)>& each) {
    const auto log = read_send_log(options());
    if (!log)
        return;
    Statement rows(*log, "SELECT source_ip, provider, category, list, code, refusals, first_at, last_at FROM "
                         "sent_refusal WHERE last_at >= ?1");
    for (rows.bind(1, since); rows.step();)
        each(refused_in(rows));
}

std::vector<domain::RefusedHour> Store::newest_refused(util::Seconds since) {
    std::vector<domain::RefusedHour> out;
    const auto log = read_send_log(options());
    if (!log)
        return out;
    // Host, text and rule are those of the row with the greatest last_at.
    Statement rows(*log,
                   "SELECT source_ip, provider, category, list, code, sum(refusals), min(first_at), max(last_at), "
                   "host, text, rule FROM sent_refusal WHERE last_at >= ?1 GROUP BY source_ip, provider, "
                   "category, list, code");
    for (rows.bind(1, since); rows.step();) {
        domain::RefusedHour one = refused_in(rows);
        one.refused.host = rows.text(8);
        one.refused.text = rows.text(9);
        one.refused.rule = rows.text(10);
        out.push_back(std::move(one));
    }
    return out;
}

void Store::for_each_delivery_hour(util::Seconds since, const std::function<void(const DeliveryHour&)>& each) {
    const auto log = read_send_log(options());
    if (!log)
        return;
    Statement rows(*log,
                   "SELECT source_ip, provider, attempts, accepted, first_at, last_at, last_accepted, minutes FROM "
                   "sent_hour WHERE hour >= ?1 AND attempts > 0");
    for (rows.bind(1, since / seconds_an_hour); rows.step();) {
        DeliveryHour one;
        one.ip = domain::parse_ip(rows.text(0));
        const auto servers = domain::from_text<BlockList>(rows.text(1));
        if (!servers)
            continue; // not of ours: somebody wrote into the file
        one.servers = *servers;
        one.attempts = rows.number(2);
        one.accepted = rows.number(3);
        one.first = rows.number(4);
        one.last = rows.number(5);
        if (!rows.is_null(6))
            one.last_accepted = rows.number(6);
        add_packed(rows.text(7), one.minutes);
        each(one);
    }
}

} // namespace jmrp::store
