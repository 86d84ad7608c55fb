// What was decided about asking for a delisting.
#include "store/connection.hpp"
#include "util/compress.hpp"

namespace jmrp::store {

namespace {

constexpr std::size_t largest_evidence = std::size_t{16} << 20U;

} // namespace

void Store::keep_decision(const domain::Decision& decision, std::string_view evidence) {
    constexpr const char* attempted = "keep what was decided";
    const std::string frame = util::compress(evidence);
    connection_->in_transaction(attempted, Durability::durable, [&] {
        const Sqlite database = connection_->raw(attempted);
        const std::string ip = decision.ip.text();
        const std::string_view list = to_text(decision.list);
        const std::string_view outcome = to_text(decision.outcome);
        Statement move(database, "UPDATE gate_decision SET at = max(at, ?3), zstd = ?5 WHERE ip = ?1 AND list = ?2 AND "
                                 "outcome = ?4 AND first_at = (SELECT max(first_at) FROM gate_decision WHERE ip = ?1 "
                                 "AND list = ?2)");
        Statement insert(database,
                         "INSERT INTO gate_decision (ip, list, first_at, at, outcome, zstd) VALUES (?1, ?2, "
                         "?3, ?3, ?4, ?5) ON CONFLICT (ip, list, first_at) DO UPDATE SET at = max(at, ?3), outcome = "
                         "?4, zstd = ?5");
        for (Statement* one : {&move, &insert}) {
            one->bind(1, ip).bind(2, list).bind(3, decision.now).bind(4, outcome).bind_blob(5, frame).step();
            if (database.changes() > 0)
                return;
        }
    });
}

std::vector<KeptDecision> Store::decisions(const domain::Ip& ip, domain::BlockList list) {
    constexpr const char* attempted = "read what was decided";
    std::vector<KeptDecision> out;
    connection_->in_snapshot(attempted, [&] {
        const Sqlite database = connection_->raw(attempted);
        Statement rows(database, "SELECT first_at, at, outcome, zstd FROM gate_decision WHERE ip = ?1 AND list = ?2 "
                                 "ORDER BY first_at");
        const std::string address = ip.text();
        for (rows.bind(1, address).bind(2, to_text(list)); rows.step();)
            out.push_back(
                {rows.number(0), rows.number(1),
                 domain::from_text<domain::DecisionOutcome>(rows.text(2)).value_or(domain::DecisionOutcome::unknown),
                 util::decompress(std::string(rows.text(3)), largest_evidence)});
    });
    return out;
}

} // namespace jmrp::store
