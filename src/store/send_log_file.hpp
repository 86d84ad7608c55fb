#pragma once
// What writer and readers of the send log share. Private to store/.
#include "store/send_log.hpp"
#include "store/sqlite.hpp"

namespace jmrp::store {

inline constexpr int send_log_id = 0x4A4D5253; // "JMRS"
inline constexpr int send_log_version = 1;
/// Mail servers give up on a message before that; a queue id seen later is another message.
inline constexpr util::Day longest_in_queue = 10;

std::int64_t key_of_queue(std::string_view queue_id);
std::int64_t key_of_message(std::string_view message_id); ///< never 0
std::int64_t key_of_name(std::string_view server, std::string_view queue_id);
std::int64_t key_of_recipient(std::string_view server, const domain::Address& recipient); ///< 48 bits

/// Opens it for reading; null where there is none.
std::unique_ptr<Sqlite> read_send_log(const Options& options);

/// Lines for Store::dump().
void dump_send_log(const Options& options, const std::function<void(std::string_view line)>& each);

} // namespace jmrp::store
