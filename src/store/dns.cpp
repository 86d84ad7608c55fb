// What the DNS answered.
#include "store/connection.hpp"

namespace jmrp::store {

namespace {

constexpr util::Seconds longest_kept = util::Seconds{365} * 86'400;

} // namespace

std::optional<domain::DnsAnswer> Store::dns_answer(const std::string& question) {
    std::optional<domain::DnsAnswer> out;
    connection_->translated("read what the DNS answered", [&] {
        std::string outcome;
        std::string content;
        long long asked_at = 0;
        soci::statement select =
            (connection_->sql.prepare << "SELECT outcome, content, asked_at FROM dns_answer WHERE question = :question",
             soci::use(question), soci::into(outcome), soci::into(content), soci::into(asked_at));
        const auto known = select.execute(true) ? domain::from_text<domain::DnsOutcome>(outcome) : std::nullopt;
        if (known)
            out = domain::dns_answer_of(*known, content, asked_at);
    });
    return out;
}

void Store::keep_dns_answers(const std::map<std::string, domain::DnsAnswer>& answers, util::Seconds now) {
    if (answers.empty())
        return;
    connection_->in_transaction("keep what the DNS answered", Durability::lazy, [&] {
        auto& sql = connection_->sql;
        for (const auto& [question, answer] : answers) {
            const std::string outcome(to_text(answer.outcome));
            const std::string content = domain::content_of(answer);
            const long long asked_at = answer.asked_at;
            sql << "INSERT INTO dns_answer (question, outcome, content, asked_at) VALUES (:question, :outcome, "
                   ":content, :at) ON CONFLICT (question) DO UPDATE SET outcome = excluded.outcome, content = "
                   "excluded.content, asked_at = excluded.asked_at",
                soci::use(question), soci::use(outcome), soci::use(content), soci::use(asked_at);
        }
        const long long oldest = now - longest_kept;
        sql << "DELETE FROM dns_answer WHERE asked_at < :oldest", soci::use(oldest);
        sql << "DELETE FROM dns_listing WHERE last_listed < :oldest", soci::use(oldest);
    });
}

void Store::remember_listings(std::span<domain::ListFinding> findings) {
    if (findings.empty())
        return;
    constexpr const char* attempted = "keep who was listed when";
    connection_->in_transaction(attempted, Durability::lazy, [&] {
        const Sqlite database = connection_->raw(attempted);
        Statement keep(database, "INSERT INTO dns_listing (zone, subject, last_listed) VALUES (?1, ?2, ?3) ON CONFLICT "
                                 "(zone, subject) DO UPDATE SET last_listed = max(last_listed, ?3)");
        Statement find(database, "SELECT last_listed FROM dns_listing WHERE zone = ?1 AND subject = ?2");
        for (domain::ListFinding& one : findings) {
            if (one.listing == domain::Listing::listed)
                keep.bind(1, one.zone).bind(2, one.subject).bind(3, one.asked_at).step();
            if (find.bind(1, one.zone).bind(2, one.subject).step())
                one.last_listed = find.number(0);
            find.reset();
        }
    });
}

} // namespace jmrp::store
