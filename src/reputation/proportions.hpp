#pragma once
// How often something happened, and whether chance alone explains a change.
#include <cstdint>
#include <optional>

namespace jmrp::reputation {

/// `hits` of `trials`; never more hits than trials.
struct Proportion {
    std::int64_t hits = 0;
    std::int64_t trials = 0;

    Proportion& operator+=(const Proportion& other) {
        hits += other.hits;
        trials += other.trials;
        return *this;
    }
};

/// Percent; nothing where there was no trial.
std::optional<double> percent(const Proportion& of);

/// Fisher's exact test, one-sided: were the trials of both sorted into the two at random, how likely would `recent` have as few
/// hits as it has, or fewer? 1 where its share is no smaller than that of `before`, or one of them is empty.
double chance_of_so_few(const Proportion& recent, const Proportion& before);

} // namespace jmrp::reputation
