// gate_simulation HISTORIES SEED... [kinder] [policies]: how good the decisions of the gate are, over so many histories of each
// seed; `policies` shows others on the same senders.
// Exit status 1: an aim is missed. ../README.md describes it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>

#include "bench/gate/simulation.hpp"
#include "util/text.hpp"

using namespace jmrp;
using simulation::Figures;
using simulation::Result;

namespace {

double percent(int of, int all) {
    return all > 0 ? 100.0 * of / all : 0;
}

void print_head(const char* first) {
    std::printf("\n%-34s %6s %6s | %6s %6s %6s %5s %6s %6s | %6s %6s %6s %6s %6s\n", first, "n", "safe", "rate>",
                "leak", "small", "dead", "wrong%", "w/bad%", "could", "found%", "oracle", "gate", "ratio");
}

void print(const char* name, const Figures& f) {
    std::printf("%-34s %6d %6d | %6d %6d %6d %5d %6.2f %6.2f | %6d %6.1f %6.1f %6.1f %6.2f\n", name, f.histories,
                f.said_safe, f.high_rate, f.open_leak, f.sleeping_leak, f.dead_feed, percent(f.wrong, f.said_safe),
                percent(f.wrong_of_never_good, f.never_good), f.could_be_safe, percent(f.found, f.could_be_safe),
                f.oracle_days, f.gate_days, f.ratio());
}

template <typename Is>
void print_part(const char* name, const std::vector<Result>& all, Is is) {
    std::vector<Result> part;
    for (const Result& result : all)
        if (is(result))
            part.push_back(result);
    print(name, figures_of(part));
}

struct Variant {
    const char* name;
    void (*change)(reputation::GatePolicy&);
};
constexpr Variant variants[] = {
    {"level 0.99", [](reputation::GatePolicy& policy) { policy.level = 0.99; }},
    {"upper bound at most 0.1 %", [](reputation::GatePolicy& policy) { policy.refuse_percent = 0.1; }},
    {"the loop is taken to pass on all", [](reputation::GatePolicy& policy) { policy.least_forwarded = 1; }},
    {"24 h after the repair", [](reputation::GatePolicy& policy) { policy.clean_hours = 24; }},
    {"120 h after the repair", [](reputation::GatePolicy& policy) { policy.clean_hours = 120; }},
    {"feed: a report in 30 days",
     [](reputation::GatePolicy& policy) {
         policy.feed_hours = 720;
         policy.feed_after_hours = -10'000;
     }},
    {"leaks: silence is enough", [](reputation::GatePolicy& policy) { policy.leak_complaint_percent = 1e9; }},
};

struct Asked {
    const simulation::World* world = &simulation::harsh;
    bool policies = false;
    int histories = 0; ///< of each seed
    std::vector<std::uint64_t> seeds;
};

std::optional<Asked> asked(std::vector<std::string> words) {
    Asked out;
    out.policies = std::erase(words, "policies") > 0;
    if (std::erase(words, simulation::kinder.name) > 0)
        out.world = &simulation::kinder;
    for (const std::string& word : words) {
        const auto number = util::parse_unsigned(word);
        if (!number)
            return std::nullopt;
        out.seeds.push_back(*number);
    }
    if (out.seeds.size() < 2)
        return std::nullopt;
    out.histories = static_cast<int>(out.seeds.front());
    out.seeds.erase(out.seeds.begin());
    return out;
}

std::vector<Result> simulate(const Asked& asked, const reputation::GatePolicy& policy) {
    std::vector<Result> out;
    for (const std::uint64_t seed : asked.seeds)
        std::ranges::copy(simulation::simulate(*asked.world, seed, asked.histories, policy), std::back_inserter(out));
    return out;
}

} // namespace

int main(int argc, char** argv) {
    const auto asked_for = asked({argv + 1, argv + argc});
    if (!asked_for) {
        std::fputs("gate_simulation HISTORIES SEED... [kinder] [policies]\n", stderr);
        return 2;
    }
    const std::vector<Result> results = simulate(*asked_for, {});
    const Figures all = figures_of(results);
    std::printf("the %s world, %d histories of each seed\n", asked_for->world->name, asked_for->histories);
    print_head("by volume a day");
    print("all", all);
    print_part("100 to 1,000", results, [](const Result& result) { return result.volume < 1000; });
    print_part("1,000 to 10,000", results,
               [](const Result& result) { return result.volume >= 1000 && result.volume < 10'000; });
    print_part("10,000 to 100,000", results,
               [](const Result& result) { return result.volume >= 10'000 && result.volume < 100'000; });
    print_part("100,000 to 1,000,000", results, [](const Result& result) { return result.volume >= 100'000; });
    print_part("with SNDS", results, [](const Result& result) { return result.in_snds; });
    print_part("without SNDS", results, [](const Result& result) { return !result.in_snds; });
    constexpr const char* kinds[] = {"repair works", "to 0.1-0.3 %", "fails", "relapses", "none"};
    for (int kind = 0; kind < 5; ++kind)
        print_part(kinds[kind], results, [&](const Result& result) { return static_cast<int>(result.repair) == kind; });
    std::printf("\nmedian days from the block until rate and leak are good: %.1f\n", all.cured_days);
    std::printf("high rates that were not so a day before: %d\n", all.fresh_trouble);
    std::printf("feeds that died after the hours of the repair: %d; leaks that showed: %d\n", all.died_later,
                all.shown_leak);
    std::printf("at the end: safe %d, wait %d, not safe %d, person %d, unknown %d\n", all.outcomes[0], all.outcomes[1],
                all.outcomes[2], all.outcomes[3], all.outcomes[4]);
    std::map<std::string, int> blocking;
    for (const Result& result : results)
        if (result.oracle < simulation::never && result.gate == simulation::never)
            ++blocking[result.blocking];
    std::printf("\nsafe by the oracle, never by the gate, for:\n");
    for (const auto& [rules, count] : blocking)
        if (count * 200 > all.histories)
            std::printf("%6d  %s\n", count, rules.c_str());
    if (asked_for->policies) {
        std::fflush(stdout);
        print_head("other policies, same senders");
        for (const Variant& variant : variants) {
            reputation::GatePolicy policy;
            variant.change(policy);
            print(variant.name, figures_of(simulate(*asked_for, policy)));
            std::fflush(stdout);
        }
    }
    return all.wrong * 100 <= all.said_safe && all.dead_feed == 0 && all.shown_leak == 0 ? 0 : 1;
}
