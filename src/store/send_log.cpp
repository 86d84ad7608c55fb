// The writer of the send log.
#include "store/send_log.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "store/connection.hpp"
#include "store/send_log_file.hpp"
#include "util/kill_point.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

using domain::SentStatus;

std::string_view bytes_of(const util::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

util::Digest digest_of(std::string_view bytes) {
    util::Digest out{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
    return out;
}

std::filesystem::path made(const Options& options) {
    const std::filesystem::path path = send_log_path(options.path);
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0)
        create_database(path, {"send_log.sql"}, send_log_id, send_log_version);
    return path;
}

/// A log's clock is a little off, and lines of the same second may be in any order.
constexpr util::Seconds same_moment = 2;
/// Rows a transaction deletes at most, so that nobody waits long for it.
constexpr std::int64_t rows_deleted_at_once = 20'000;
/// Counts are small and kept longer than the rows.
constexpr util::Day days_counted = 400;
constexpr int log_pages = 16'000;

/// Whether a server gives such a queue id to another message some day: Postfix does with the short ones, which are
/// hexadecimal; the long ones and those of Exim hold the time.
bool reusable(std::string_view queue_id) {
    return std::all_of(queue_id.begin(), queue_id.end(),
                       [](char c) { return util::is_digit(c) || (c >= 'A' && c <= 'F'); });
}

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

} // namespace

struct SendLogWriter::State {
    explicit State(const Options& options)
        : database(made(options), Sqlite::Access::write, options.busy_timeout_ms, send_log_id, send_log_version) {
        database.run("PRAGMA synchronous = NORMAL");
        database.run("PRAGMA cache_size = -65536"); // 64 MiB: the pages of today's indexes
    }

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

std::int64_t SendLogWriter::State::number(std::string_view sql) {
    Statement statement(database, sql);
    return statement.step() ? statement.number(0) : 0;
}

std::int64_t SendLogWriter::State::route_of(const domain::SentRecord& record) {
    const std::string ip = record.source_ip ? record.source_ip->text() : std::string();
    std::string key = record.server + '\0' + record.relay + '\0' + record.provider + '\0' + ip;
    const auto known = route_ids.find(key);
    if (known != route_ids.end())
        return known->second;
    for (Statement* statement : {&insert_route, &find_route})
        statement->bind(1, record.server).bind(2, record.relay).bind(3, record.provider).bind(4, ip);
    insert_route.step();
    find_route.step();
    const std::int64_t id = find_route.number(0);
    find_route.reset();
    if (route_ids.size() > 100'000)
        route_ids.clear();
    route_ids.emplace(std::move(key), id);
    return id;
}

const Route& SendLogWriter::State::route(std::int64_t id) {
    const auto known = routes.find(id);
    if (known != routes.end())
        return known->second;
    if (routes.size() > 100'000)
        routes.clear();
    Route row;
    read_route.bind(1, id);
    if (read_route.step()) {
        row.source_ip = read_route.text(0);
        row.provider = read_route.text(1);
        read_route.reset();
    }
    return routes.emplace(id, std::move(row)).first->second;
}

void SendLogWriter::State::count(util::Seconds at, std::int64_t route_id, SentStatus status, int difference) {
    const Route& way = route(route_id);
    counts[{util::day_of(at), way.source_ip, way.provider}].by_status[static_cast<std::size_t>(status)] += difference;
}

std::optional<std::int64_t> SendLogWriter::State::name_of(const domain::SentRecord& record) {
    if (record.message_id)
        return key_of_message(*record.message_id);
    const std::int64_t key = key_of_name(record.server, record.queue_id);
    const util::Seconds latest = record.at + same_moment;
    const Name* best = nullptr;
    if (const auto found = names.find(key); found != names.end())
        for (const Name& name : found->second)
            if (name.at <= latest && record.at <= name.until.value_or(record.at) + same_moment &&
                (!best || name.at >= best->at))
                best = &name;
    find_name.bind(1, key)
        .bind(2, record.at - util::Seconds{longest_in_queue} * 86400)
        .bind(3, latest)
        .bind(4, 2 * same_moment);
    std::optional<std::int64_t> out;
    if (find_name.step()) {
        if (!best || find_name.number(0) > best->at)
            out = find_name.number(1);
        find_name.reset();
    }
    if (!out && best)
        out = best->message_key;
    return out || reusable(record.queue_id) ? out : name_of_sibling(record);
}

/// Of another recipient of the same message, where the name itself is gone.
std::optional<std::int64_t> SendLogWriter::State::name_of_sibling(const domain::SentRecord& record) {
    const util::Day day = util::day_of(record.at);
    for (util::Day one = std::max(first_day, day - longest_in_queue); one <= std::min(last_day, day + longest_in_queue);
         ++one) {
        find_sibling.bind(1, std::int64_t{one}).bind(2, key_of_queue(record.queue_id)).bind(3, record.server);
        if (find_sibling.step()) {
            const std::int64_t key = find_sibling.number(0);
            find_sibling.reset();
            return key;
        }
    }
    return std::nullopt;
}

bool SendLogWriter::State::has_rows(const domain::SentEnd& end) {
    const std::int64_t queue_key = key_of_queue(end.queue_id);
    const util::Day last = std::min(last_day, util::day_of(end.at + same_moment));
    for (util::Day day = last; day >= std::max(first_day, util::day_of(end.at) - longest_in_queue); --day) {
        find_sibling.bind(1, std::int64_t{day}).bind(2, queue_key).bind(3, end.server);
        if (find_sibling.step()) {
            find_sibling.reset();
            return true;
        }
    }
    return false;
}

std::optional<Found> SendLogWriter::State::row_at(util::Day day, const Keys& keys) {
    find_row.bind(1, std::int64_t{day}).bind(2, keys.queue).bind(3, keys.recipient);
    if (!find_row.step())
        return std::nullopt;
    Found row;
    row.id = find_row.number(0);
    row.day = static_cast<util::Day>(find_row.number(1));
    row.status = static_cast<SentStatus>(find_row.number(2));
    row.at = find_row.number(3);
    row.route = find_row.number(4);
    row.named = !find_row.is_null(5);
    find_row.reset();
    return row;
}

/// The row that an attempt on another day made.
std::optional<Found> SendLogWriter::State::row_of_earlier_attempt(util::Day day, const Keys& keys, SentStatus status) {
    find_deferral.bind(1, keys.queue)
        .bind(2, keys.recipient)
        .bind(3, std::int64_t{day - longest_in_queue})
        .bind(4, std::int64_t{day + longest_in_queue});
    if (find_deferral.step()) {
        const auto found = static_cast<util::Day>(find_deferral.number(0));
        find_deferral.reset();
        if (auto row = row_at(found, keys))
            return row;
    }
    // Logs may be read in any order: what was put off here may have arrived on a day that was read before.
    if (status == SentStatus::deferred)
        for (util::Day later = day + 1; later <= std::min(last_day, day + longest_in_queue); ++later)
            if (auto row = row_at(later, keys))
                return row;
    return std::nullopt;
}

bool SendLogWriter::State::insert(const domain::SentRecord& record, util::Day day, const Keys& keys,
                                  std::int64_t route_id) {
    const std::string recipient = record.recipient.text();
    insert_row.bind(1, std::int64_t{day}).bind(2, keys.queue).bind(3, keys.recipient);
    if (keys.message)
        insert_row.bind(4, *keys.message);
    else
        insert_row.bind_null(4);
    insert_row.bind(5, recipient)
        .bind(6, route_id)
        .bind(7, static_cast<std::int64_t>(record.status))
        .bind(8, record.at)
        .bind(9, std::int64_t{0});
    insert_row.step();
    return database.changes() > 0;
}

void SendLogWriter::State::change(const Found& row, const domain::SentRecord& record, std::int64_t route_id) {
    update_row.bind(1, row.id).bind(2, static_cast<std::int64_t>(record.status)).bind(3, record.at).bind(4, route_id);
    update_row.step();
}

void SendLogWriter::State::take(const domain::SentRecord& record) {
    const util::Day day = util::day_of(record.at);
    const bool deferred = record.status == SentStatus::deferred;
    const Keys keys{key_of_queue(record.queue_id), key_of_recipient(record.server, record.recipient), name_of(record)};
    const std::int64_t route_id = route_of(record);

    std::optional<Found> row = row_of_earlier_attempt(day, keys, record.status);
    bool inserted = false;
    if (!row) {
        inserted = insert(record, day, keys, route_id);
        first_day = std::min(first_day, day);
        last_day = std::max(last_day, day);
        row = inserted ? Found{database.last_id(), day, record.status, record.at, route_id, keys.message.has_value()}
                       : row_at(day, keys);
        if (!row)
            return; // cannot be: it was in the way of the insertion
    }
    if (!row->named && keys.message) {
        name_row.bind(1, row->id).bind(2, *keys.message);
        name_row.step();
    }
    bool fresh = inserted;
    if (deferred) {
        insert_deferral.bind(1, keys.queue).bind(2, keys.recipient).bind(3, record.at).bind(4, std::int64_t{row->day});
        insert_deferral.step();
        fresh = database.changes() > 0;
        if (fresh) {
            add_deferral_to_row.bind(1, row->id);
            add_deferral_to_row.step();
            if (!inserted && row->status == SentStatus::deferred && record.at > row->at)
                change(*row, record, route_id);
        }
    } else if (!inserted) {
        const bool first_word = row->status == SentStatus::deferred;
        const bool last_word = record.at > row->at || (record.at == row->at && record.status < row->status);
        fresh = first_word || last_word;
        if (fresh) {
            if (!first_word) // one delivery, one final count
                count(row->at, row->route, row->status, -1);
            change(*row, record, route_id);
        }
    }
    if (fresh)
        count(record.at, route_id, record.status, 1);
    ++(fresh ? added.fresh : added.known);
}

void SendLogWriter::State::take(const domain::SentName& name) {
    const std::int64_t message_key = name.message_id.empty() ? 0 : key_of_message(name.message_id);
    auto& known = names[key_of_name(name.server, name.queue_id)];
    known.push_back({name.at, message_key, std::nullopt});
    // Deliveries that were read before this line.
    const std::int64_t queue_key = key_of_queue(name.queue_id);
    const util::Day first = util::day_of(name.at - same_moment);
    for (util::Day day = first; day <= std::min(last_day, first + longest_in_queue); ++day) {
        std::vector<std::int64_t> ids;
        find_unnamed.bind(1, std::int64_t{day}).bind(2, queue_key).bind(3, name.at - same_moment).bind(4, name.server);
        while (find_unnamed.step())
            ids.push_back(find_unnamed.number(0));
        for (const std::int64_t id : ids) {
            name_row.bind(1, id).bind(2, message_key);
            name_row.step();
        }
    }
}

void SendLogWriter::State::take(const domain::SentEnd& end) {
    const std::int64_t key = key_of_name(end.server, end.queue_id);
    const util::Seconds latest = end.at + same_moment;
    const bool served = has_rows(end);
    if (const auto found = names.find(key); found != names.end()) {
        if (served)
            std::erase_if(found->second, [&](const Name& name) { return name.at <= latest; });
        for (Name& name : found->second)
            if (name.at <= latest && !name.until)
                name.until = end.at;
        if (found->second.empty())
            names.erase(found);
    }
    // Logs may be read in any order: without a delivery so far, one may come.
    Statement& statement = served ? delete_name : end_name;
    statement.bind(1, key).bind(2, latest);
    if (!served)
        statement.bind(3, end.at);
    statement.step();
}

void SendLogWriter::State::write_names() {
    for (const auto& [key, known] : names)
        for (const Name& name : known) {
            insert_name.bind(1, key).bind(2, name.at).bind(3, name.message_key);
            if (name.until)
                insert_name.bind(4, *name.until);
            else
                insert_name.bind_null(4);
            insert_name.step();
        }
    names.clear();
}

void SendLogWriter::State::write_counts() {
    for (const auto& [key, sums] : counts) {
        const auto& [day, source_ip, provider] = key;
        add_count.bind(1, std::int64_t{day}).bind(2, source_ip).bind(3, provider);
        for (int i = 0; i < 3; ++i)
            add_count.bind(4 + i, sums.by_status[i]);
        add_count.step();
    }
    counts.clear();
}

void SendLogWriter::State::write_position(LogPosition& position, util::Seconds now) {
    Statement write(database, position.id == 0
                                  ? "INSERT INTO sent_file (head_length, head, offset, tail, seen_at) VALUES (?1, ?2, "
                                    "?3, ?4, ?5)"
                                  : "UPDATE sent_file SET head_length = ?1, head = ?2, offset = ?3, tail = ?4, seen_at "
                                    "= ?5 WHERE id = ?6");
    write.bind(1, position.head_length).bind_blob(2, bytes_of(position.head)).bind(3, position.offset);
    write.bind_blob(4, bytes_of(position.tail)).bind(5, now);
    if (position.id != 0)
        write.bind(6, position.id);
    write.step();
    if (position.id == 0)
        position.id = database.last_id();
}

Added SendLogWriter::State::add(std::span<const domain::SentEvent> events, LogPosition* position, util::Seconds now) {
    added = {};
    names.clear();
    counts.clear();
    const std::int64_t id_before = position ? position->id : 0;
    try {
        database.in_transaction([&] {
            first_day = static_cast<util::Day>(number("SELECT coalesce(min(day), 2147483647) FROM sent"));
            last_day = static_cast<util::Day>(number("SELECT coalesce(max(day), 0) FROM sent"));
            for (const domain::SentEvent& event : events)
                std::visit([&](const auto& one) { take(one); }, event);
            util::kill_point("sent.inserted");
            write_names();
            write_counts();
            if (position)
                write_position(*position, now);
        });
    } catch (...) {
        route_ids.clear(); // some of them were taken back
        routes.clear();
        if (position)
            position->id = id_before;
        throw;
    }
    util::kill_point("sent.committed");
    database.shorten_log(log_pages);
    return added;
}

void SendLogWriter::State::expire_rows(util::Day before, const std::function<bool()>& stop, std::uint64_t& deleted) {
    Statement remove(database, "DELETE FROM sent WHERE id IN (SELECT id FROM sent WHERE day < ?1 LIMIT ?2)");
    std::int64_t removed = 0;
    do {
        database.in_transaction([&] {
            remove.bind(1, std::int64_t{before}).bind(2, rows_deleted_at_once);
            remove.step();
            removed = database.changes();
        });
        deleted += static_cast<std::uint64_t>(removed);
        database.shorten_log(log_pages);
    } while (removed == rows_deleted_at_once && !stop());
}

SendLogWriter::SendLogWriter(const Options& options) : state_(std::make_unique<State>(options)) {}
SendLogWriter::~SendLogWriter() = default;
SendLogWriter::SendLogWriter(SendLogWriter&&) noexcept = default;
SendLogWriter& SendLogWriter::operator=(SendLogWriter&&) noexcept = default;

std::vector<LogPosition> SendLogWriter::positions() {
    std::vector<LogPosition> out;
    Statement select(state_->database, "SELECT id, head_length, head, offset, tail FROM sent_file ORDER BY id");
    while (select.step())
        out.push_back({select.number(0), select.number(1), digest_of(select.text(2)), select.number(3),
                       digest_of(select.text(4))});
    return out;
}

Added SendLogWriter::add(std::span<const domain::SentEvent> events, LogPosition* position, util::Seconds now) {
    return state_->add(events, position, now);
}

std::uint64_t SendLogWriter::expire(util::Seconds before, util::Seconds now, const std::function<bool()>& stop) {
    Sqlite& database = state_->database;
    const util::Day first_kept = util::day_of(before);
    std::uint64_t deleted = 0;
    if (state_->number("SELECT EXISTS (SELECT 1 FROM sent WHERE day < " + std::to_string(first_kept) + ")") == 0)
        return 0; // so the scans below are made once a day
    state_->expire_rows(first_kept, stop, deleted);
    database.in_transaction([&] {
        const auto remove = [&](std::string_view sql, std::int64_t limit) {
            Statement statement(database, sql);
            statement.bind(1, limit);
            statement.step();
        };
        remove("DELETE FROM sent_deferral WHERE day < ?1", first_kept);
        remove("DELETE FROM sent_name WHERE at < ?1", now - util::Seconds{longest_in_queue} * 86400);
        remove("DELETE FROM sent_count WHERE day < ?1", util::day_of(now) - days_counted);
        remove("DELETE FROM sent_file WHERE seen_at < ?1", before);
    });
    return deleted;
}

} // namespace jmrp::store
