#pragma once
// What can be said of a true rate after a count, and whether two counts differ by more than chance.
#include "domain/names.hpp"
#include "reputation/proportions.hpp"

namespace jmrp::reputation {

/// Lower and upper end of what the data agree with.
struct Interval {
    double lower = 0;
    double upper = 0;
};

/// clopper_pearson: exact, never covers the truth less often than promised. jeffreys: shorter, keeps the promise on average
/// (Brown, Cai and DasGupta, Statistical Science 16, 2001).
enum class IntervalMethod { clopper_pearson, jeffreys };

/// Two-sided, equal tails, for the probability of a hit; `level` within (0, 1), such as 0.95. From 0 to 1 where there was no
/// trial: nothing is known.
Interval interval_of(const Proportion& of, double level, IntervalMethod method);

/// For the mean of a Poisson count (Garwood, Biometrika 28, 1936): for complaints that no number of mails bounds from above,
/// such as those about mails of the day before.
Interval interval_of_count(std::int64_t count, double level);

/// How likely chance alone would give the recent count, or one further from what the earlier count lets expect.
struct Change {
    double chance_of_so_many = 1; ///< as many as the recent hits, or more
    double chance_of_so_few = 1;  ///< as many as the recent hits, or fewer
};

/// Two Poisson rates, hits an exposure: given the sum of the hits, the recent ones are binomial with the share of the exposure
/// (Przyborowski and Wilenski, Biometrika 31, 1940). 1 and 1 where there are no hits or one exposure is missing.
Change change_of_rate(const Proportion& recent, const Proportion& before);

} // namespace jmrp::reputation

namespace jmrp::domain {
template <>
struct Names<reputation::IntervalMethod> {
    using Method = reputation::IntervalMethod;
    static constexpr std::pair<Method, std::string_view> table[] = {{Method::clopper_pearson, "clopper-pearson"},
                                                                    {Method::jeffreys, "jeffreys"}};
};
} // namespace jmrp::domain
