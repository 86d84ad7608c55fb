#include "reputation/mitigation.hpp"

#include "reputation/wording.hpp"

namespace jmrp::reputation {

namespace {

constexpr util::Seconds watched_for = util::Seconds{30} * 86'400; ///< a warm-up takes a couple of weeks

bool is_mitigated(BlockState state) {
    return state == BlockState::mitigated_pending || state == BlockState::mitigated_limited;
}

std::string after_verdict(const BlockStanding& standing, util::Seconds now) {
    const util::Seconds everywhere = *standing.verdict_at + replication;
    std::string out = now < everywhere ? "hold for " + duration(static_cast<double>(everywhere - now)) +
                                             ": the verdict takes up to 48 hours to reach all their servers; then raise"
                                       : "raise";
    out += " the volume slowly, over a couple of weeks";
    if (standing.state == BlockState::mitigated_limited)
        out += ", below low daily limits, and stop at any complaint";
    return out;
}

struct Step {
    BlockState state;
    std::string_view text;
};
constexpr Step steps[] = {
    {BlockState::clear, "nothing"},
    {BlockState::throttled, "send slower: a deferral is no block"},
    {BlockState::blocked,
     "find the cause, repair it and note it with 'jmrp delist cause'; 'jmrp delist check' says when to "
     "ask"},
    {BlockState::ready, "ask, and note it with 'jmrp delist submitted'"},
    {BlockState::requested, "wait for the answer, and send no second request"},
    {BlockState::in_review, "wait for the answer, and send no second request"},
    {BlockState::refused_auto,
     "reply in its thread, once and with evidence, never by a new form; note it with 'jmrp delist "
     "submitted --ticket'"},
    {BlockState::refused_agent,
     "repair what they name, note it with 'jmrp delist cause', then reply in its thread, never by a "
     "new form"},
    {BlockState::needs_reply,
     "they ask for more: reply in its thread and note it with 'jmrp delist submitted --ticket'"},
};

Finding judge_one(const Watched& one, util::Seconds now) {
    const BlockStanding& standing = one.standing;
    Finding out;
    out.rule = "mitigated";
    out.figures = {{"complaints after mitigation " + one.name, static_cast<double>(one.complaints), "", std::nullopt}};
    const std::string where = one.name + " at " + std::string(to_text(one.list));
    const std::string when = " was let in " + ago(*standing.verdict_at, now);
    if (standing.state == BlockState::blocked) {
        out.level = Level::critical;
        out.sentence = where + when + " and is blocked again" +
                       (standing.code.empty() ? std::string() : " (" + standing.code + ")") + ": " +
                       next_step(standing, now);
        return out;
    }
    const bool limited = standing.state == BlockState::mitigated_limited;
    out.sentence = where + when + (limited ? ", with low daily limits" : "");
    if (one.complaints > 0) {
        out.level = limited ? Level::critical : Level::warning;
        out.sentence += ", and " + counted(one.complaints, "complaint") +
                        " came about mail sent since: stop raising it and "
                        "find out why";
        return out;
    }
    out.sentence += ", without a complaint since: " + next_step(standing, now);
    return out;
}

} // namespace

std::string next_step(const BlockStanding& standing, util::Seconds now) {
    if (is_mitigated(standing.state) && standing.verdict_at)
        return after_verdict(standing, now);
    for (const Step& step : steps)
        if (step.state == standing.state)
            return std::string(step.text);
    return {};
}

bool is_watched(const BlockStanding& standing, util::Seconds now) {
    if (!standing.verdict || !lifts(*standing.verdict) || now - *standing.verdict_at > watched_for)
        return false;
    return is_mitigated(standing.state) ||
           (standing.state == BlockState::blocked && standing.since > *standing.verdict_at + replication);
}

std::vector<Finding> judge_mitigated(const std::vector<Watched>& watched, util::Seconds now) {
    std::vector<Finding> out;
    for (const Watched& one : watched)
        if (is_watched(one.standing, now))
            out.push_back(judge_one(one, now));
    if (out.empty())
        out.push_back({Level::ok, "mitigated", "", "no address was let in again lately", {}});
    return out;
}

Finding judge_replies(std::int64_t waiting, std::optional<util::Seconds> oldest, util::Seconds now) {
    Finding out;
    out.rule = "replies";
    out.figures = {{"replies", static_cast<double>(waiting), "", std::nullopt}};
    if (waiting == 0) {
        out.sentence = "no answer of sender support waits for a person";
        return out;
    }
    out.level = Level::warning;
    out.sentence = counted(waiting, "answer") + " of sender support " + (waiting == 1 ? "waits" : "wait") +
                   " for a person" + (oldest ? ", the oldest came " + ago(*oldest, now) : std::string()) +
                   ": 'jmrp delist list'";
    return out;
}

} // namespace jmrp::reputation
