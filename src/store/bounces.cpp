#include "store/bounces.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::store {

namespace {

/// SQLite's text functions stop at NUL.
std::string kept_text(std::string_view text) {
    std::string out = util::to_valid_utf8(text);
    std::erase(out, '\0');
    return out;
}

template <typename Enum>
std::string text_or_empty(const std::optional<Enum>& value) {
    return std::string(value ? to_text(*value) : std::string_view());
}

} // namespace

void write_bounce(soci::session& sql, const domain::Settlement& settlement) {
    const long long id = settlement.message_id;
    for (const domain::Bounced& one : settlement.bounce->recipients) {
        const long long ordinal = one.ordinal;
        const long long at = one.at;
        const domain::Refused& refused = one.refused;
        const std::string key = kept_text(one.address_key), action = kept_text(one.action),
                          status = kept_text(one.status), code = kept_text(refused.code),
                          host = kept_text(refused.host), text = kept_text(refused.text),
                          rule = kept_text(refused.rule), servers = text_or_empty(refused.servers),
                          category(to_text(refused.category)), list = text_or_empty(refused.list),
                          ip = refused.ip ? refused.ip->text() : std::string(), proof(to_text(one.proof));
        sql << "INSERT INTO bounce (message_id, ordinal, address_key, action, status, provider, category, list, code, "
               "source_ip, host, at, text, rule, proof) VALUES (:id, :ordinal, :key, :action, :status, :provider, "
               ":category, :list, :code, :ip, :host, :at, :text, :rule, :proof)",
            soci::use(id), soci::use(ordinal), soci::use(key), soci::use(action), soci::use(status), soci::use(servers),
            soci::use(category), soci::use(list), soci::use(code), soci::use(ip), soci::use(host), soci::use(at),
            soci::use(text), soci::use(rule), soci::use(proof);
    }
    if (const auto& unproven = settlement.bounce->unproven) {
        const long long received_at = settlement.received_at;
        const long long near = unproven->arrival_date.value_or(settlement.received_at);
        const std::string returned_id = kept_text(unproven->message_id.value_or(""));
        std::string queue_ids;
        for (const std::string& queue_id : unproven->queue_ids)
            queue_ids += (queue_ids.empty() ? "" : " ") + kept_text(queue_id);
        sql << "INSERT INTO bounce_unproven (message_id, received_at, returned_id, queue_ids, sent_near) VALUES (:id, "
               ":at, :returned, :queue, :near)",
            soci::use(id), soci::use(received_at), soci::use(returned_id), soci::use(queue_ids), soci::use(near);
    }
}

std::vector<domain::Bounced> Store::bounced(util::Seconds since) {
    std::vector<domain::Bounced> out;
    connection_->in_snapshot("read the bounces", [&] {
        const Sqlite database = connection_->raw("read the bounces");
        Statement rows(database, "SELECT message_id, ordinal, address_key, action, status, provider, category, list, "
                                 "code, source_ip, host, at, text, rule, proof FROM bounce WHERE provider <> '' AND at "
                                 ">= ?1 ORDER BY at, message_id, ordinal");
        for (rows.bind(1, since); rows.step();) {
            domain::Bounced one;
            one.message_id = rows.number(0);
            one.ordinal = rows.number(1);
            one.address_key = rows.text(2);
            one.action = rows.text(3);
            one.status = rows.text(4);
            one.refused.servers = domain::from_text<domain::BlockList>(rows.text(5));
            one.refused.category =
                domain::from_text<domain::RejectionCategory>(rows.text(6)).value_or(domain::RejectionCategory::other);
            one.refused.list = domain::from_text<domain::BlockList>(rows.text(7));
            one.refused.code = rows.text(8);
            one.refused.ip = domain::parse_ip(rows.text(9));
            one.refused.host = rows.text(10);
            one.at = rows.number(11);
            one.refused.text = rows.text(12);
            one.refused.rule = rows.text(13);
            one.proof = domain::from_text<domain::BounceProof>(rows.text(14)).value_or(domain::BounceProof::none);
            out.push_back(std::move(one));
        }
    });
    return out;
}

std::vector<UnprovenBounce> Store::unproven_bounces(util::Seconds received_since, std::size_t limit) {
    std::vector<UnprovenBounce> out;
    connection_->in_snapshot("read the bounces", [&] {
        const Sqlite database = connection_->raw("read the bounces");
        Statement rows(database, "SELECT message_id, returned_id, queue_ids, sent_near FROM bounce_unproven WHERE "
                                 "received_at >= ?1 ORDER BY received_at DESC, message_id DESC LIMIT ?2");
        Statement people(database, "SELECT address_key FROM bounce WHERE message_id = ?1 AND address_key <> ''");
        for (rows.bind(1, received_since).bind(2, static_cast<std::int64_t>(limit)); rows.step();) {
            UnprovenBounce one{rows.number(0), std::string(rows.text(1)), {}, rows.number(3), {}};
            for (const std::string_view queue_id : util::split(rows.text(2), ' '))
                if (!queue_id.empty())
                    one.queue_ids.emplace_back(queue_id);
            for (people.bind(1, one.message_id); people.step();)
                one.recipients.emplace_back(people.text(0));
            out.push_back(std::move(one));
        }
    });
    return out;
}

void Store::settle_bounces_again(std::span<const std::int64_t> message_ids) {
    connection_->in_transaction("settle bounces again", Durability::lazy, [&] {
        auto& sql = connection_->sql;
        for (const std::int64_t message_id : message_ids) {
            const long long id = message_id;
            int waits = 0; // one without bytes cannot be read again
            sql << "SELECT EXISTS (SELECT 1 FROM bounce_unproven JOIN message_raw USING (message_id) WHERE message_id "
                   "= :id)",
                soci::use(id), soci::into(waits);
            if (waits == 0)
                continue;
            sql << "UPDATE outcome_count AS c SET messages = c.messages - 1 FROM outcome AS o JOIN message AS m ON "
                   "m.id = o.message_id WHERE o.message_id = :id AND c.feed = m.feed AND c.disposition = o.disposition "
                   "AND c.day = m.received_at / 86400",
                soci::use(id);
            sql << "DELETE FROM outcome_count WHERE messages = 0"; // as a rebuild would have it
            for (const char* table : {"bounce", "bounce_unproven", "outcome"})
                sql << "DELETE FROM " + std::string(table) + " WHERE message_id = :id", soci::use(id);
            sql << "INSERT INTO unsettled (message_id) VALUES (:id)", soci::use(id);
        }
    });
}

} // namespace jmrp::store
