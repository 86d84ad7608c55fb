#include "store/send_log_file.hpp"

#include <unistd.h>

#include <cstring>

#include "util/fault.hpp"

namespace jmrp::store {

namespace {

std::int64_t cut(const util::Digest& digest, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value = value << 8U | digest[i];
    std::int64_t number = 0;
    std::memcpy(&number, &value, sizeof number);
    return number;
}

constexpr const char* status_name = "CASE s.status WHEN 0 THEN 'accepted' WHEN 1 THEN 'deferred' ELSE 'rejected' END";

} // namespace

std::filesystem::path send_log_path(const std::filesystem::path& database) {
    return database.string() + ".sent";
}

std::int64_t key_of_queue(std::string_view queue_id) {
    return cut(util::digest("sent-queue", queue_id), 8);
}

std::int64_t key_of_message(std::string_view message_id) {
    const std::int64_t key = cut(util::digest("sent-message", message_id), 8);
    return key == 0 ? 1 : key;
}

std::int64_t key_of_name(std::string_view server, std::string_view queue_id) {
    std::string both(server);
    both += '\0';
    both += queue_id;
    return cut(util::digest("sent-name", both), 8);
}

std::int64_t key_of_recipient(std::string_view server, const domain::Address& recipient) {
    std::string both(server);
    both += '\0';
    both += recipient.key();
    return cut(util::digest("sent-recipient", both), 6);
}

std::unique_ptr<Sqlite> read_send_log(const Options& options) {
    const std::filesystem::path path = send_log_path(options.path);
    if (::access(path.c_str(), F_OK) != 0)
        return nullptr;
    return std::make_unique<Sqlite>(path, Sqlite::Access::read, options.busy_timeout_ms, send_log_id, send_log_version);
}

void dump_send_log(const Options& options, const std::function<void(std::string_view line)>& each) {
    const auto database = read_send_log(options);
    if (!database)
        return;
    // Not the day of the row: it depends on which of two logs was read first.
    const std::string deliveries =
        std::string("SELECT 'sent|' || printf('%016x', s.queue_key) || '|' || s.recipient || '|' || "
                    "iif(s.message_key IS NULL, '-', printf('%016x', s.message_key)) || '|' || ") +
        status_name +
        " || '|' || s.at || '|' || s.deferrals || '|' || r.server || '|' || r.relay || '|' || r.provider || '|' || "
        "r.source_ip FROM sent AS s JOIN sent_route AS r ON r.id = s.route ORDER BY 1";
    for (const std::string& query :
         {deliveries,
          std::string("SELECT 'sent-deferral|' || printf('%016x|%012x|', queue_key, recipient_key) || at "
                      "FROM sent_deferral ORDER BY queue_key, recipient_key, at"),
          std::string("SELECT 'sent-count|' || day || '|' || source_ip || '|' || provider || '|' || accepted || '|' || "
                      "deferred || '|' || rejected FROM sent_count ORDER BY provider, source_ip, day"),
          std::string("SELECT 'sent-hour|' || provider || '|' || source_ip || '|' || hour || '|' || attempts || '|' || "
                      "accepted || '|' || first_at || '|' || last_at || '|' || coalesce(last_accepted, '-') || '|' || "
                      "hex(minutes) FROM sent_hour WHERE attempts > 0 ORDER BY provider, source_ip, hour"),
          std::string(
              "SELECT 'sent-refusal|' || source_ip || '|' || provider || '|' || category || '|' || list || '|' "
              "|| code || '|' || hour || '|' || refusals || '|' || first_at || '|' || last_at || '|' || rule || "
              "'|' || host || '|' || text FROM sent_refusal ORDER BY source_ip, provider, category, list, code, "
              "hour")}) {
        Statement select(*database, query);
        while (select.step())
            each(select.text(0));
    }
}

std::optional<SendLogStatus> send_log_status(const Options& options) {
    const auto database = read_send_log(options);
    if (!database)
        return std::nullopt;
    SendLogStatus out;
    Statement rows(*database, "SELECT coalesce(max(id) - min(id) + 1, 0) FROM sent");
    if (rows.step())
        out.deliveries = rows.number(0);
    Statement days(*database, "SELECT (SELECT min(day) FROM sent), (SELECT max(day) FROM sent)");
    if (days.step() && !days.is_null(0)) {
        out.first_day = static_cast<util::Day>(days.number(0));
        out.last_day = static_cast<util::Day>(days.number(1));
    }
    Statement last(*database, "SELECT max(seen_at) FROM sent_file");
    if (last.step() && !last.is_null(0))
        out.last_at = last.number(0);
    return out;
}

} // namespace jmrp::store
