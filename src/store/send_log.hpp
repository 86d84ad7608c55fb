#pragma once
// The send log's file beside the database (DATABASE.sent): its one writer, its readers, its counts. Everything throws
// util::Fault as the functions of store.hpp do.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/sent.hpp"
#include "store/store.hpp"
#include "util/digest.hpp"

namespace jmrp::store {

std::filesystem::path send_log_path(const std::filesystem::path& database);

/// How far a log was read. It is known by its content, so it may have been renamed, copied or packed since then.
struct LogPosition {
    std::int64_t id = 0;          ///< 0: not stored yet; filled by SendLogWriter::add
    std::int64_t head_length = 0; ///< bytes that `head` is the digest of
    util::Digest head{};
    std::int64_t offset = 0;
    util::Digest tail{}; ///< of the last tail_length(offset) bytes before the offset
};

struct Added {
    std::uint64_t fresh = 0; ///< attempts that were not known
    std::uint64_t known = 0; ///< attempts that were there already
};

class SendLogWriter {
  public:
    /// Makes the file where there is none.
    explicit SendLogWriter(const Options& options);
    ~SendLogWriter();
    SendLogWriter(SendLogWriter&&) noexcept;
    SendLogWriter& operator=(SendLogWriter&&) noexcept;

    std::vector<LogPosition> positions();
    /// Adds what a piece of a log tells, in its order, and how far the log is read now, in one transaction. What is known
    /// already changes nothing: an attempt is its server, queue id, recipient and time. Nothing for `position` where what is
    /// read has none (a pipe).
    Added add(std::span<const domain::SentEvent> events, LogPosition* position, util::Seconds now);
    /// Deletes what is older than the day of `before`, and what no delivery can need any more. Returns the deleted rows.
    /// `stop` is asked between the steps.
    std::uint64_t expire(util::Seconds before, util::Seconds now, const std::function<bool()>& stop);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Where attribution asks. Cheap to make: files are opened by the first question, one connection a thread that asks at the
/// same time, and none at all while there is no send log.
std::unique_ptr<domain::SendLog> open_send_log(const Options& options);

/// Calls `each` for every accepted delivery to one of these people whose first attempt was on one of those days, in no order.
/// The mail was sent at `sent_at` or later: where it was put off, that is the begin of the day. Reads an entry of every delivery
/// of these days. Nothing where there is no send log.
void for_each_delivery_to(std::span<const domain::Address> people, util::Day first_day, util::Day last_day,
                          const Options& options,
                          const std::function<void(std::size_t person, util::Seconds sent_at)>& each);

struct SendLogStatus {
    std::int64_t deliveries = 0; ///< rows: one a queue id and recipient (an estimate by row ids)
    std::optional<util::Day> first_day;
    std::optional<util::Day> last_day;
    std::optional<util::Seconds> last_at; ///< of the last import
};
/// Nothing where there is no send log.
std::optional<SendLogStatus> send_log_status(const Options& options);

} // namespace jmrp::store
