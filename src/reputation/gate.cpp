#include "reputation/gate.hpp"

#include <algorithm>

#include "reputation/rules.hpp"

namespace jmrp::reputation {

using domain::DecisionOutcome;
using domain::Remedy;
using domain::RuleState;
using domain::Ruling;

namespace {

struct Rule {
    const char* id;
    Judge judge;
};

constexpr Rule rules[] = {
    {"block", judge_block},
    {"throttle", judge_throttle},
    {"foreign-list", judge_foreign_list},
    {"incident", judge_incident},
    {"address", judge_address},
    {"pointer", judge_pointer},
    {"spamhaus", judge_spamhaus},
    {"authentication", judge_authentication},
    {"cause", judge_cause},
    {"suppressed", judge_suppressed},
    {"leaks", judge_leaks},
    {"clean", judge_clean},
    {"rate", judge_rate},
    {"feed", judge_feed},
    {"snds", judge_snds},
    {"requests", judge_requests},
    {"contact", judge_contact},
};

DecisionOutcome outcome_of(const std::vector<Ruling>& reasons) {
    const auto any = [&](auto is) { return std::ranges::any_of(reasons, is); };
    if (any([](const Ruling& reason) { return reason.remedy == Remedy::work && reason.state == RuleState::not_met; }))
        return DecisionOutcome::not_safe;
    if (any([](const Ruling& reason) { return reason.remedy == Remedy::time; }))
        return DecisionOutcome::wait;
    if (any([](const Ruling& reason) { return reason.state == RuleState::unknown; }))
        return DecisionOutcome::unknown;
    if (any([](const Ruling& reason) { return reason.state == RuleState::not_met; }))
        return DecisionOutcome::person;
    return DecisionOutcome::safe;
}

/// One that waits for nobody knows how long makes the whole unknown.
std::optional<util::Seconds> earliest_of(const std::vector<Ruling>& reasons) {
    std::optional<util::Seconds> latest;
    for (const Ruling& reason : reasons) {
        if (reason.remedy != Remedy::time)
            continue;
        if (!reason.earliest)
            return std::nullopt;
        latest = std::max(latest.value_or(*reason.earliest), *reason.earliest);
    }
    return latest;
}

/// After a refusal or a question the next word belongs into the same thread. The portal has none.
std::optional<domain::Door> next_door(const domain::Evidence& evidence) {
    const auto door = door_of(evidence);
    const domain::Request* last = evidence.requests ? last_request(evidence.requests->value) : nullptr;
    if (door == domain::Door::portal || !last)
        return door;
    return is_refused(*last) || is_asked_back(*last) ? domain::Door::reply : door;
}

} // namespace

domain::Decision decide(const domain::Evidence& evidence, const GatePolicy& policy) {
    domain::Decision out;
    out.ip = evidence.ip;
    out.list = evidence.list;
    out.now = evidence.now;
    const Ground ground{evidence, policy};
    for (const Rule& rule : rules) {
        Ruling reason = rule.judge(ground);
        reason.rule = rule.id;
        if (!reason.action.empty())
            out.also.push_back(reason.action);
        out.reasons.push_back(std::move(reason));
    }
    out.outcome = outcome_of(out.reasons);
    out.wait_until = earliest_of(out.reasons);
    out.door = next_door(evidence);
    return out;
}

// ---- reasons

Ruling met(std::string sentence) {
    Ruling out;
    out.state = RuleState::met;
    out.sentence = std::move(sentence);
    return out;
}

Ruling unknown(std::string sentence, std::string action) {
    Ruling out;
    out.state = RuleState::unknown;
    out.remedy = Remedy::work;
    out.sentence = std::move(sentence);
    out.action = std::move(action);
    return out;
}

namespace {

Ruling not_met(Remedy remedy, std::string sentence, std::string action) {
    Ruling out;
    out.state = RuleState::not_met;
    out.remedy = remedy;
    out.sentence = std::move(sentence);
    out.action = std::move(action);
    return out;
}

} // namespace

Ruling waits(std::string sentence, std::optional<util::Seconds> earliest, std::string action) {
    Ruling out = not_met(Remedy::time, std::move(sentence), std::move(action));
    out.earliest = earliest;
    return out;
}

Ruling needs_work(std::string sentence, std::string action) {
    return not_met(Remedy::work, std::move(sentence), std::move(action));
}

Ruling needs_person(std::string sentence, std::string action) {
    return not_met(Remedy::person, std::move(sentence), std::move(action));
}

} // namespace jmrp::reputation
