#include "bench/gate/simulation.hpp"

#include <algorithm>
#include <limits>

namespace jmrp::simulation {

using domain::DecisionOutcome;
using domain::RuleState;

namespace {

constexpr Slot slots_of_hours(int hours) {
    return (hours * slots_per_day + 23) / 24;
}

/// The rules of time, which bind the oracle as well: it only knows the rate, the leak and the feed without counting.
bool time_allows(const Sender& sender, Slot now, const reputation::GatePolicy& policy) {
    if (now < sender.repair_told + slots_of_hours(policy.clean_hours))
        return false;
    if (sender.pause_asked && now <= sender.block + 1 + slots_of_hours(policy.pause_hours))
        return false;
    if (sender.spamhaus_until < never && now < sender.spamhaus_until + slots_of_hours(policy.spamhaus_hours))
        return false;
    if (sender.incident && now < sender.block + slots_of_hours(policy.incident_hours))
        return false;
    return sender.refused_at == never || now < sender.refused_at - 1 ||
           now >= sender.refused_at + slots_of_hours(policy.cool_down_hours);
}

std::string unmet(const domain::Decision& decision) {
    std::string out;
    for (const domain::Ruling& reason : decision.reasons)
        if (reason.state != RuleState::met)
            out += (out.empty() ? "" : " ") + reason.rule + ":" + std::string(to_text(reason.remedy));
    return out;
}

const domain::Ruling& reason_of(const domain::Decision& decision, std::string_view rule) {
    return *std::ranges::find(decision.reasons, rule, &domain::Ruling::rule);
}

constexpr int trials = 20; ///< mails that a sender moves to Junk when the feed is in doubt

bool leak_shown(const domain::Evidence& evidence) {
    const util::Seconds from = evidence.repair ? evidence.repair->value.at : 0;
    const domain::Leaks& leaks = evidence.leaks->value;
    return std::ranges::any_of(leaks.complained, [&](util::Seconds sent) { return sent > from; }) ||
           leaks.last_in_log.value_or(0) > from;
}

Result run(Random random, const World& world, const reputation::GatePolicy& policy) {
    History history(random, world);
    const Sender sender = history.sender();
    Result out;
    out.volume = sender.volume;
    out.repair = sender.repair;
    out.in_snds = sender.in_snds;
    out.block = sender.block;
    for (Slot now = sender.block + 1; now < last_slot; ++now) {
        const bool leak = history.leak_open_at(now);
        const bool good = history.rate_at(now) <= good_rate && !leak;
        if (good && out.cured == never)
            out.cured = now;
        out.good_once = out.good_once || (history.rate_at(now) <= bad_rate && !leak);
        if (good && !history.feed_dead_at(now) && out.oracle == never && time_allows(sender, now, policy))
            out.oracle = now;
    }
    for (Slot now = sender.block + 1; now < last_slot; ++now) {
        const domain::Evidence& evidence = history.observe(now);
        const domain::Decision decision = decide(evidence, policy);
        out.last = decision.outcome;
        if (decision.outcome == DecisionOutcome::safe) {
            out.gate = now;
            out.rate = history.rate_at(now);
            out.was_bad_a_day_ago = history.rate_at(now - slots_per_day) > bad_rate;
            out.leak_sleeps = history.leaked_a_week_at(now) < 1;
            out.leak_open = history.leak_open_at(now);
            out.leak_was_shown = leak_shown(evidence);
            out.feed_dead = history.feed_dead_at(now);
            out.feed_died_before =
                sender.dead < sender.repair_told + slots_of_hours(policy.clean_hours) - slots_per_day ||
                sender.dead < now - slots_of_hours(policy.clean_hours);
            break;
        }
        if (now + 1 == last_slot)
            out.blocking = unmet(decision);
        if (!sender.takes_advice)
            continue;
        if (reason_of(decision, "rate").action.find("another address") != std::string::npos)
            history.let_some_leave_elsewhere(now + slots_per_day);
        const bool asked = std::ranges::any_of(
            decision.also, [](const std::string& action) { return action.find("Junk") != std::string::npos; });
        if (asked && now % slots_per_day == 0 && now + slots_per_day < last_slot)
            history.try_the_feed(now + slots_per_day, trials);
    }
    return out;
}

double median(std::vector<double> values) {
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double days_since_block(const Result& result, Slot at) {
    return at == never ? std::numeric_limits<double>::infinity()
                       : static_cast<double>(at - result.block) / slots_per_day;
}

} // namespace

std::vector<Result> simulate(const World& world, std::uint64_t seed, int histories,
                             const reputation::GatePolicy& policy) {
    std::vector<Result> out;
    for (int history = 0; history < histories; ++history) {
        std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(history)};
        out.push_back(run(Random(sequence), world, policy));
    }
    return out;
}

Figures figures_of(const std::vector<Result>& results) {
    Figures out;
    std::vector<double> oracle;
    std::vector<double> cured;
    std::vector<double> gate;
    for (const Result& result : results) {
        const bool safe = result.gate < never;
        ++out.histories;
        out.said_safe += safe;
        out.high_rate += safe && result.rate > bad_rate;
        out.fresh_trouble += safe && result.rate > bad_rate && !result.was_bad_a_day_ago;
        out.open_leak += safe && result.leak_open && !result.leak_sleeps;
        out.sleeping_leak += safe && result.leak_open && result.leak_sleeps;
        out.shown_leak += safe && result.leak_open && result.leak_was_shown;
        out.dead_feed += safe && result.feed_died_before;
        out.died_later += safe && result.feed_dead && !result.feed_died_before;
        out.wrong += result.wrong();
        out.never_good += !result.good_once;
        out.wrong_of_never_good += !result.good_once && result.wrong();
        ++out.outcomes[static_cast<std::size_t>(result.last)];
        if (result.oracle == never)
            continue;
        ++out.could_be_safe;
        out.found += safe;
        oracle.push_back(days_since_block(result, result.oracle));
        cured.push_back(days_since_block(result, result.cured));
        gate.push_back(days_since_block(result, result.gate));
    }
    out.oracle_days = median(oracle);
    out.cured_days = median(cured);
    out.gate_days = median(gate);
    return out;
}

} // namespace jmrp::simulation
