// The writer of the send log: transactions, positions, retention.
#include "store/send_log.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "store/connection.hpp"
#include "store/send_log_writer.hpp"
#include "util/kill_point.hpp"

namespace jmrp::store {

namespace {

std::string_view bytes_of(const util::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

util::Digest digest_of(std::string_view bytes) {
    util::Digest out{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
    return out;
}

std::filesystem::path made(const Options& options) {
    std::filesystem::path path = send_log_path(options.path);
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0)
        create_database(path, {"send_log.sql"}, send_log_id, send_log_version);
    return path;
}

/// Rows a transaction deletes at most, so that nobody waits long for it.
constexpr std::int64_t rows_deleted_at_once = 20'000;
/// Counts are small and kept longer than the rows.
constexpr util::Day days_counted = 400;
constexpr int log_pages = 16'000;

} // namespace

SendLogWriter::State::State(const Options& options)
    : database(made(options), Sqlite::Access::write, options.busy_timeout_ms, send_log_id, send_log_version) {
    database.run("PRAGMA synchronous = NORMAL");
    database.run("PRAGMA cache_size = -65536"); // 64 MiB: the pages of today's indexes
}

std::int64_t SendLogWriter::State::number(std::string_view sql) {
    Statement statement(database, sql);
    return statement.step() ? statement.number(0) : 0;
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
    hours.clear();
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
            hours.write(database);
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
        for (const char* table : {"sent_hour", "sent_refusal"})
            remove("DELETE FROM " + std::string(table) + " WHERE hour < ?1",
                   util::Seconds{first_kept} * 86400 / seconds_an_hour);
        remove("DELETE FROM sent_name WHERE at < ?1", now - util::Seconds{longest_in_queue} * 86400);
        remove("DELETE FROM sent_count WHERE day < ?1", util::day_of(now) - days_counted);
        remove("DELETE FROM sent_file WHERE seen_at < ?1", before);
    });
    return deleted;
}

} // namespace jmrp::store
