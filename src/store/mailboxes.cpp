// How far mailboxes were read, and when.
#include "store/connection.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

std::string text_of(const std::vector<std::uint32_t>& uids) {
    std::string out;
    for (const std::uint32_t uid : uids)
        out += (out.empty() ? "" : " ") + std::to_string(uid);
    return out;
}

std::vector<std::uint32_t> uids_of(std::string_view text) {
    std::vector<std::uint32_t> out;
    for (const std::string_view word : util::split(text, ' '))
        if (const auto uid = util::parse_unsigned(word))
            out.push_back(static_cast<std::uint32_t>(*uid));
    return out;
}

} // namespace

domain::FolderPosition Store::folder_position(std::string_view feed, std::string_view server, std::string_view folder) {
    domain::FolderPosition out;
    connection_->translated("read how far a mailbox was read", [&] {
        const std::string feed_name(feed);
        const std::string server_name(server);
        const std::string folder_name(folder);
        long long uid_validity = 0;
        long long last_uid = 0;
        std::string failed;
        soci::statement select =
            (connection_->sql.prepare << "SELECT uid_validity, last_uid, failed FROM folder_position "
                                         "WHERE feed = :feed AND server = :server AND folder = :folder",
             soci::use(feed_name), soci::use(server_name), soci::use(folder_name), soci::into(uid_validity),
             soci::into(last_uid), soci::into(failed));
        if (select.execute(true))
            out = {static_cast<std::uint32_t>(uid_validity), static_cast<std::uint32_t>(last_uid), uids_of(failed)};
    });
    return out;
}

void Store::keep_folder_position(std::string_view feed, std::string_view server, std::string_view folder,
                                 const domain::FolderPosition& position) {
    connection_->in_transaction("keep how far a mailbox was read", Durability::durable, [&] {
        const std::string feed_name(feed);
        const std::string server_name(server);
        const std::string folder_name(folder);
        const long long uid_validity = position.uid_validity;
        const long long last_uid = position.last_uid;
        const std::string failed = text_of(position.failed);
        connection_->sql << "INSERT INTO folder_position (feed, server, folder, uid_validity, last_uid, failed) "
                            "VALUES (:feed, :server, :folder, :validity, :last, :failed) "
                            "ON CONFLICT (feed, server, folder) DO UPDATE SET uid_validity = excluded.uid_validity, "
                            "last_uid = excluded.last_uid, failed = excluded.failed",
            soci::use(feed_name), soci::use(server_name), soci::use(folder_name), soci::use(uid_validity),
            soci::use(last_uid), soci::use(failed);
    });
}

void Store::keep_polled(std::string_view feed, util::Seconds at) {
    connection_->in_transaction("keep when a mailbox was read", Durability::lazy, [&] {
        const std::string feed_name(feed);
        const long long polled_at = at;
        connection_->sql << "INSERT INTO poll (feed, polled_at) VALUES (:feed, :at) "
                            "ON CONFLICT (feed) DO UPDATE SET polled_at = excluded.polled_at",
            soci::use(feed_name), soci::use(polled_at);
    });
}

std::map<std::string, util::Seconds> Store::polled() {
    std::map<std::string, util::Seconds> out;
    connection_->translated("read when mailboxes were read", [&] {
        std::string feed;
        long long at = 0;
        soci::statement select =
            (connection_->sql.prepare << "SELECT feed, polled_at FROM poll", soci::into(feed), soci::into(at));
        select.execute();
        while (select.fetch())
            out[feed] = at;
    });
    return out;
}

} // namespace jmrp::store
