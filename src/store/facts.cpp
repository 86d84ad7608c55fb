#include "store/facts.hpp"

namespace jmrp::store {

namespace {

constexpr std::string_view by_message_id = "message-id";
constexpr std::string_view by_queue_id = "queue-id";

std::optional<domain::SentEvidence> load_sent_evidence(soci::session& sql, long long message_id) {
    domain::SentEvidence evidence;
    std::string asked_for;
    std::string recipient;
    std::string provider;
    std::string source_ip;
    std::string status;
    long long at = 0;
    soci::statement select =
        (sql.prepare << "SELECT asked_for, recipient, provider, coalesce(source_ip, ''), sent_at, status "
                        "FROM sent_evidence WHERE message_id = :id ORDER BY rowid",
         soci::use(message_id), soci::into(asked_for), soci::into(recipient), soci::into(provider),
         soci::into(source_ip), soci::into(at), soci::into(status));
    select.execute();
    while (select.fetch()) {
        const auto address = domain::parse_address(recipient);
        const auto known_status = domain::from_text<domain::SentStatus>(status);
        if (!address || !known_status)
            continue;
        (asked_for == by_queue_id ? evidence.by_queue_id : evidence.by_message_id)
            .push_back({*address, provider, domain::parse_ip(source_ip), at, *known_status});
    }
    return evidence.empty() ? std::nullopt : std::optional(std::move(evidence));
}

std::optional<domain::Review> load_review(soci::session& sql, long long message_id) {
    std::string decision;
    soci::statement select = (sql.prepare << "SELECT decision FROM review_decision WHERE message_id = :id",
                              soci::use(message_id), soci::into(decision));
    return select.execute(true) ? domain::from_text<domain::Review>(decision) : std::nullopt;
}

} // namespace

void load_facts(soci::session& sql, std::vector<Claimed>& claimed) {
    int any_sent = 0;
    int any_review = 0;
    sql << "SELECT EXISTS (SELECT 1 FROM sent_evidence), EXISTS (SELECT 1 FROM review_decision)", soci::into(any_sent),
        soci::into(any_review);
    for (Claimed& one : claimed) {
        if (any_sent != 0)
            one.facts.sent = load_sent_evidence(sql, one.message_id);
        if (any_review != 0)
            one.facts.review = load_review(sql, one.message_id);
    }
}

void keep_sent_evidence(soci::session& sql, long long message_id, const domain::SentEvidence& evidence) {
    for (const auto& [asked_for, matches] :
         {std::pair{by_message_id, &evidence.by_message_id}, std::pair{by_queue_id, &evidence.by_queue_id}})
        for (const domain::SentMatch& match : *matches) {
            const std::string kind(asked_for);
            const std::string recipient = match.recipient.text();
            const std::string ip = match.source_ip ? match.source_ip->text() : std::string();
            soci::indicator ip_set = match.source_ip ? soci::i_ok : soci::i_null;
            const long long at = match.at;
            const std::string status(to_text(match.status));
            sql << "INSERT INTO sent_evidence (message_id, asked_for, recipient, provider, source_ip, sent_at, status) "
                   "VALUES (:id, :kind, :recipient, :provider, :ip, :at, :status)",
                soci::use(message_id), soci::use(kind), soci::use(recipient), soci::use(match.provider),
                soci::use(ip, ip_set), soci::use(at), soci::use(status);
        }
}

} // namespace jmrp::store
