#include "ingest/prove_bounces.hpp"

#include <algorithm>

namespace jmrp::ingest {

namespace {

constexpr util::Seconds window = util::Seconds{7} * 86'400;
/// A flood of other people's bounces must not make every import long.
constexpr std::size_t most_bounces = 20'000;
constexpr std::size_t most_matches = 1000;

bool is_known(const store::UnprovenBounce& bounce, const domain::SendLog& send_log) {
    const auto went_there = [&](const std::vector<domain::SentMatch>& matches) {
        return std::ranges::any_of(matches, [&](const domain::SentMatch& match) {
            return std::ranges::find(bounce.recipients, match.recipient.key()) != bounce.recipients.end();
        });
    };
    if (bounce.recipients.empty())
        return false;
    return (!bounce.returned_id.empty() &&
            went_there(send_log.by_message_id(bounce.returned_id, bounce.sent_near, most_matches))) ||
           std::ranges::any_of(bounce.queue_ids, [&](const std::string& queue_id) {
               return went_there(send_log.by_queue_id(queue_id, bounce.sent_near, most_matches));
           });
}

} // namespace

std::size_t prove_bounces(store::Store& store, const domain::SendLog& send_log, util::Seconds now,
                          const std::atomic<bool>& stop) {
    std::vector<std::int64_t> proven;
    for (const store::UnprovenBounce& bounce : store.unproven_bounces(now - window, most_bounces)) {
        if (stop)
            break;
        if (is_known(bounce, send_log))
            proven.push_back(bounce.message_id);
    }
    if (!proven.empty())
        store.settle_bounces_again(proven);
    return proven.size();
}

} // namespace jmrp::ingest
