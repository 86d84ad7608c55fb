#include "ingest/settlement_of.hpp"

#include "ingest/interpret.hpp"
#include "ingest/judge.hpp"
#include "util/kill_point.hpp"

namespace jmrp::ingest {

namespace {

domain::Settlement about(const Kept& kept, domain::Settlement settlement) {
    settlement.message_id = kept.message_id;
    settlement.feed = kept.feed;
    settlement.received_at = kept.received_at;
    settlement.settled_at = util::now();
    return settlement;
}

} // namespace

domain::Settlement settlement_of(const Kept& kept, std::string_view bytes, const Rules& rules) {
    util::kill_point("interpret", bytes);
    const FeedRules& of_feed = rules.of(kept.feed);
    Interpretation interpretation =
        interpret(bytes, of_feed.reading, {kept.received_at, kept.facts, rules.send_log.get()});
    domain::Settlement settlement =
        judge(std::move(interpretation.reading),
              {of_feed.policy, of_feed.reading.own_networks, kept.received_at, kept.facts.review});
    settlement.sent = std::move(interpretation.sent);
    return about(kept, std::move(settlement));
}

domain::Settlement settlement_of_killer(const Kept& kept) {
    domain::Settlement out;
    out.kind = "unrecognized";
    out.disposition = domain::Disposition::crashed;
    out.quarantine = "reading it killed the process " + std::to_string(most_attempts) + " times";
    return about(kept, std::move(out));
}

} // namespace jmrp::ingest
