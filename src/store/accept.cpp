#include "store/connection.hpp"
#include "util/compress.hpp"
#include "util/kill_point.hpp"

namespace jmrp::store {

Prepared prepare(const domain::RawMessage& message) {
    Prepared out;
    out.digest = util::ordered_digest(domain::order_in_time(message.bytes), "message", message.bytes);
    out.frame = util::compress(message.bytes);
    out.size = message.bytes.size();
    out.truncated = message.truncated;
    out.envelope = message.envelope;
    out.origin = message.origin;
    return out;
}

std::vector<std::int64_t> Store::accept(std::span<Prepared> messages, std::string_view feed, util::Seconds received_at,
                                        Queue queue) {
    std::vector<std::int64_t> ids;
    ids.reserve(messages.size());
    util::kill_point("accept.before");
    connection_->in_transaction("keep a message", Durability::durable, [&] {
        std::string digest;
        std::string feed_name(feed);
        std::string origin;
        std::string envelope;
        std::string frame;
        long long at = received_at;
        long long size = 0;
        int truncated = 0;
        int attempts = queue == Queue::claimed ? 1 : 0;
        long long id = 0;
        auto& sql = connection_->sql;
        soci::statement insert_message =
            (sql.prepare << "INSERT INTO message (digest, feed, origin, envelope, received_at, size, truncated) "
                            "VALUES (CAST(:digest AS BLOB), :feed, :origin, :envelope, :at, :size, :truncated) "
                            "ON CONFLICT (digest) DO NOTHING RETURNING id",
             soci::use(digest), soci::use(feed_name), soci::use(origin), soci::use(envelope), soci::use(at),
             soci::use(size), soci::use(truncated), soci::into(id));
        soci::statement insert_raw =
            (sql.prepare << "INSERT INTO message_raw (message_id, zstd) VALUES (:id, CAST(:frame AS BLOB))",
             soci::use(id), soci::use(frame));
        soci::statement insert_unsettled =
            (sql.prepare << "INSERT INTO unsettled (message_id, attempts) VALUES (:id, :attempts)", soci::use(id),
             soci::use(attempts));
        for (Prepared& message : messages) {
            digest = as_bytes(message.digest);
            origin = message.origin;
            envelope = message.envelope;
            size = static_cast<long long>(message.size);
            truncated = message.truncated ? 1 : 0;
            insert_message.execute(true);
            ids.push_back(insert_message.got_data() ? id : known_before);
            if (ids.back() == known_before)
                continue;
            frame = std::move(message.frame);
            insert_raw.execute(true);
            insert_unsettled.execute(true);
            util::kill_point("accept.inserted");
        }
    });
    util::kill_point("accept.committed");
    return ids;
}

} // namespace jmrp::store
