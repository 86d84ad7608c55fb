#include "reputation/proportions.hpp"

#include <algorithm>
#include <cmath>

namespace jmrp::reputation {

namespace {

double log_of_choices(double of, double taken) {
    return std::lgamma(of + 1) - std::lgamma(taken + 1) - std::lgamma(of - taken + 1);
}

} // namespace

std::optional<double> percent(const Proportion& of) {
    if (of.trials <= 0)
        return std::nullopt;
    return 100.0 * static_cast<double>(of.hits) / static_cast<double>(of.trials);
}

double chance_of_so_few(const Proportion& recent, const Proportion& before) {
    if (recent.trials <= 0 || before.trials <= 0 || *percent(recent) >= *percent(before))
        return 1;
    const auto drawn = static_cast<double>(recent.trials);
    const auto hits = static_cast<double>(recent.hits + before.hits);
    const double misses = drawn + static_cast<double>(before.trials) - hits;
    const double least = std::max(0.0, drawn - misses);
    auto k = static_cast<double>(recent.hits);
    // The hypergeometric distribution, from k hits downward: each term follows from the one before.
    double term =
        std::exp(log_of_choices(hits, k) + log_of_choices(misses, drawn - k) - log_of_choices(hits + misses, drawn));
    double sum = term;
    for (; k > least && term > sum * 1e-17; --k) {
        term *= k * (misses - drawn + k) / ((hits - k + 1) * (drawn - k + 1));
        sum += term;
    }
    return std::min(1.0, sum);
}

} // namespace jmrp::reputation
