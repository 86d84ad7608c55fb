#include "store/dkim.hpp"
#include "store/connection.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::store {

namespace {

/// How long a message rests after a try: the DNS is asked soon at first, and a few times a day later on.
constexpr util::Seconds shortest_rest = 300;
constexpr util::Seconds longest_rest = 4 * 3600;

util::Seconds rest_after(int tries) noexcept {
    return std::min(shortest_rest << std::clamp(tries - 1, 0, 10), longest_rest);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

} // namespace

void want_dkim(soci::session& sql, std::int64_t message_id, util::Seconds at) {
    const long long id = message_id;
    const long long since = at;
    sql << "INSERT INTO dkim_wanted (message_id, since, tries, next_at) SELECT message_id, :since, 0, 0 FROM unsettled "
           "WHERE "
           "message_id = :id ON CONFLICT DO NOTHING",
        soci::use(since), soci::use(id);
    sql << "DELETE FROM unsettled WHERE message_id = :id", soci::use(id);
}

void load_dkim(soci::session& sql, std::vector<Claimed>& claimed) {
    int any = 0;
    sql << "SELECT EXISTS (SELECT 1 FROM dkim_finding)", soci::into(any);
    if (any == 0)
        return;
    long long id = 0;
    std::string result;
    std::string domains;
    std::string detail;
    soci::statement select =
        (sql.prepare << "SELECT result, passed_domains, detail FROM dkim_finding WHERE message_id = :id", soci::use(id),
         soci::into(result), soci::into(domains), soci::into(detail));
    for (Claimed& one : claimed) {
        id = one.message_id;
        if (!select.execute(true))
            continue;
        domain::DkimFinding finding;
        // A word of a newer version says nothing here.
        finding.result =
            domain::from_text<domain::DkimFinding::Result>(result).value_or(domain::DkimFinding::Result::unknown);
        for (const std::string_view word : util::split(domains, ' '))
            if (!word.empty())
                finding.passed_domains.emplace_back(word);
        finding.detail = detail;
        one.facts.dkim = std::move(finding);
    }
}

void Store::want_dkim(std::span<const std::int64_t> message_ids, util::Seconds at) {
    connection_->in_transaction("let messages wait for their signatures", Durability::lazy, [&] {
        for (const std::int64_t id : message_ids)
            store::want_dkim(connection_->sql, id, at);
    });
}

std::vector<DkimWaiting> Store::dkim_waiting(std::size_t limit, util::Seconds now) {
    std::vector<DkimWaiting> out;
    connection_->in_transaction("take messages to check their signatures", Durability::lazy, [&] {
        auto& sql = connection_->sql;
        DkimWaiting row;
        long long id = 0;
        long long since = 0;
        long long at = 0;
        int tries = 0;
        long long when = now;
        const int most = static_cast<int>(std::min<std::size_t>(limit, 10'000));
        soci::statement select =
            (sql.prepare
                 << "SELECT w.message_id, w.since, w.tries + 1, m.received_at, r.zstd FROM (SELECT * FROM dkim_wanted "
                    "WHERE next_at <= :now ORDER BY tries, message_id LIMIT :most) AS w JOIN message AS m ON m.id = "
                    "w.message_id JOIN message_raw AS r ON r.message_id = w.message_id",
             soci::use(when), soci::use(most), soci::into(id), soci::into(since), soci::into(tries), soci::into(at),
             soci::into(row.frame));
        select.execute();
        while (select.fetch()) {
            row.message_id = id;
            row.since = since;
            row.tries = tries;
            row.received_at = at;
            out.push_back(row);
        }
        long long next_at = 0;
        soci::statement update =
            (sql.prepare << "UPDATE dkim_wanted SET tries = tries + 1, next_at = :next WHERE message_id = :id",
             soci::use(next_at), soci::use(id));
        for (const DkimWaiting& one : out) {
            id = one.message_id;
            next_at = now + rest_after(one.tries);
            update.execute(true);
        }
    });
    return out;
}

void Store::keep_dkim(std::span<const DkimKept> findings, util::Seconds at) {
    if (findings.empty())
        return;
    connection_->in_transaction("keep what the signatures said", Durability::durable, [&] {
        auto& sql = connection_->sql;
        for (const DkimKept& one : findings) {
            const long long id = one.message_id;
            const std::string result(to_text(one.finding.result));
            const std::string domains = joined(one.finding.passed_domains);
            const std::string detail = util::to_valid_utf8(one.finding.detail);
            const long long checked_at = at;
            sql << "INSERT INTO dkim_finding (message_id, result, passed_domains, detail, checked_at) VALUES (:id, "
                   ":result, "
                   ":domains, :detail, :at) ON CONFLICT (message_id) DO UPDATE SET result = excluded.result, "
                   "passed_domains = "
                   "excluded.passed_domains, detail = excluded.detail, checked_at = excluded.checked_at",
                soci::use(id), soci::use(result), soci::use(domains), soci::use(detail), soci::use(checked_at);
            // What a rebuild has put in the queue meanwhile is there already, and reads the finding when it is claimed.
            sql << "INSERT INTO unsettled (message_id) SELECT message_id FROM dkim_wanted WHERE message_id = :id ON "
                   "CONFLICT "
                   "DO NOTHING",
                soci::use(id);
            sql << "DELETE FROM dkim_wanted WHERE message_id = :id", soci::use(id);
        }
    });
}

std::int64_t Store::dkim_waiting_count(std::optional<util::Seconds> due_at) {
    std::int64_t count = 0;
    connection_->translated("look for messages that wait for their signatures", [&] {
        count = connection_->number("SELECT count(*) FROM dkim_wanted" +
                                    (due_at ? " WHERE next_at <= " + std::to_string(*due_at) : std::string()));
    });
    return count;
}

void Store::stop_waiting_for_dkim() {
    connection_->in_transaction("settle without the signatures", Durability::lazy, [&] {
        connection_->run(
            "INSERT INTO unsettled (message_id) SELECT message_id FROM dkim_wanted WHERE true ON CONFLICT DO NOTHING");
        connection_->run("DELETE FROM dkim_wanted");
    });
}

} // namespace jmrp::store
