#include "reputation/intervals.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/gamma.hpp>

namespace jmrp::reputation {

namespace {

using Binomial = boost::math::binomial_distribution<double>;

constexpr Binomial::interval_type boost_name(IntervalMethod method) {
    return method == IntervalMethod::jeffreys ? Binomial::jeffreys_prior_interval
                                              : Binomial::clopper_pearson_exact_interval;
}

} // namespace

Interval interval_of(const Proportion& of, double level, IntervalMethod method) {
    if (of.trials <= 0)
        return {0, 1};
    const auto trials = static_cast<double>(of.trials);
    const auto hits = static_cast<double>(of.hits);
    const double tail = (1 - level) / 2;
    return {Binomial::find_lower_bound_on_p(trials, hits, tail, boost_name(method)),
            Binomial::find_upper_bound_on_p(trials, hits, tail, boost_name(method))};
}

Interval interval_of_count(std::int64_t count, double level) {
    const double tail = (1 - level) / 2;
    const auto hits = static_cast<double>(count);
    const auto waiting = [](double events) { return boost::math::gamma_distribution<double>(events); };
    return {count > 0 ? quantile(waiting(hits), tail) : 0, quantile(complement(waiting(hits + 1), tail))};
}

Change change_of_rate(const Proportion& recent, const Proportion& before) {
    const std::int64_t hits = recent.hits + before.hits;
    if (hits <= 0 || recent.trials <= 0 || before.trials <= 0)
        return {};
    const double share =
        static_cast<double>(recent.trials) / (static_cast<double>(recent.trials) + static_cast<double>(before.trials));
    const Binomial split(static_cast<double>(hits), share);
    const auto seen = static_cast<double>(recent.hits);
    return {recent.hits > 0 ? cdf(complement(split, seen - 1)) : 1, cdf(split, seen)};
}

} // namespace jmrp::reputation
