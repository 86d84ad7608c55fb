#include "reputation/blocks_health.hpp"

#include <algorithm>

#include "reputation/wording.hpp"

namespace jmrp::reputation {

namespace {

constexpr util::Seconds one_day = 86'400;
constexpr util::Seconds fresh = 3 * one_day;
constexpr std::size_t most_findings = 10;

bool was_asked(BlockState state) {
    switch (state) {
    case BlockState::requested:
    case BlockState::in_review:
    case BlockState::refused_auto:
    case BlockState::refused_agent:
    case BlockState::needs_reply:
        return true;
    default:
        return false;
    }
}

Level level_of(const BlockSeen& seen, util::Seconds now) {
    const bool is_fresh = now - seen.last_refused <= fresh;
    switch (seen.standing.state) {
    case BlockState::clear:
    case BlockState::mitigated_pending:
    case BlockState::mitigated_limited:
        return Level::ok;
    case BlockState::throttled:
        return now - seen.last_refused <= one_day && seen.last_refused - seen.standing.since > one_day ? Level::warning
                                                                                                       : Level::ok;
    default:
        return is_fresh && !was_asked(seen.standing.state) ? Level::critical : Level::warning;
    }
}

std::string told(const BlockSeen& seen, util::Seconds now) {
    const BlockState state = seen.standing.state;
    std::string out = seen.ip + (state == BlockState::throttled ? " is throttled by " : " is blocked by ") +
                      std::string(to_text(seen.list));
    if (!seen.code.empty())
        out += " (" + seen.code + ")";
    const bool is_plain = !was_asked(state) && state != BlockState::ready; // else the block is older than the state
    if (seen.standing.since > 0 && is_plain)
        out += " for " + duration(static_cast<double>(now - seen.standing.since));
    if (seen.last_refused > 0)
        out += ", last seen " + ago(seen.last_refused, now);
    if (!is_plain)
        out += ", " + std::string(domain::to_text(state));
    return out + ": 'jmrp blocks " + seen.ip + "'";
}

} // namespace

std::vector<Finding> judge_blocks(const std::vector<BlockSeen>& seen, util::Seconds now) {
    std::vector<Finding> out;
    std::int64_t blocked = 0, throttled = 0;
    for (const BlockSeen& one : seen) {
        const Level level = level_of(one, now);
        blocked += one.standing.state != BlockState::throttled && level != Level::ok ? 1 : 0;
        throttled += one.standing.state == BlockState::throttled ? 1 : 0;
        if (level != Level::ok)
            out.push_back({level, "blocks", "", told(one, now), {}});
    }
    std::ranges::stable_sort(out, std::ranges::greater{}, &Finding::level);
    if (out.size() > most_findings) {
        const std::size_t more = out.size() - most_findings;
        out.resize(most_findings);
        out.back().sentence += "; " + number(static_cast<std::int64_t>(more)) + " more: 'jmrp blocks'";
    }
    if (out.empty())
        out.push_back({Level::ok, "blocks", "", "no address of yours is known to be blocked", {}});
    out.front().figures = {{"blocked", static_cast<double>(blocked), "", std::nullopt},
                           {"throttled", static_cast<double>(throttled), "", std::nullopt}};
    return out;
}

} // namespace jmrp::reputation
