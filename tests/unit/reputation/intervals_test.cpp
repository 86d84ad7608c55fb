#include "reputation/intervals.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace jmrp::reputation;

namespace {

/// From R 4.2.2: binom.test(k, n)$conf.int, and qbeta(c(0.025, 0.975), k + 1/2, n - k + 1/2) with 0 and 1 at the ends.
struct OfProportion {
    Proportion of;
    Interval clopper_pearson;
    Interval jeffreys;
};
constexpr OfProportion proportions[] = {
    {{0, 10}, {0, 0.3084971078}, {0, 0.2171962675}},
    {{1, 10}, {0.002528578544, 0.445016117}, {0.01101167376, 0.3813147711}},
    {{2, 10}, {0.02521072633, 0.5560954623}, {0.04405941355, 0.5027744964}},
    {{5, 10}, {0.1870860284, 0.8129139716}, {0.2235286703, 0.7764713297}},
    {{10, 10}, {0.6915028922, 1}, {0.7828037325, 1}},
    {{0, 50}, {0, 0.07112173646}, {0, 0.04875845944}},
    {{1, 50}, {0.000506227983, 0.1064695457}, {0.002166494175, 0.08968035106}},
    {{3, 50}, {0.01254858784, 0.1654819466}, {0.01718664907, 0.151532563}},
    {{10, 50}, {0.1003022375, 0.3371831084}, {0.1077340308, 0.3258268961}},
    {{50, 50}, {0.9288782635, 1}, {0.9512415406, 1}},
    {{0, 1000}, {0, 0.003682083897}, {0, 0.002508164341}},
    {{1, 1000}, {2.531748749e-05, 0.00555892428}, {0.0001079188047, 0.004664458809}},
    {{2, 1000}, {0.0002423011169, 0.007205838911}, {0.0004158313652, 0.006400499761}},
    {{4, 1000}, {0.001090907988, 0.01020966468}, {0.001351648788, 0.009482830612}},
    {{7, 1000}, {0.00281885876, 0.01436919498}, {0.003136359328, 0.01369446024}},
    {{20, 1000}, {0.01225826797, 0.03072003268}, {0.01265104433, 0.03011690712}},
    {{100, 1000}, {0.08210533436, 0.1202879365}, {0.08256265284, 0.1197482809}},
    {{300, 1000}, {0.2717211121, 0.3294616787}, {0.2722061579, 0.3289496539}},
    {{0, 100000}, {0, 3.688811416e-05}, {0, 2.511905265e-05}},
    {{1, 100000}, {2.531780478e-07, 5.571516035e-05}, {1.078978528e-06, 4.674104248e-05}},
    {{3, 100000}, {6.186763959e-06, 8.767020257e-05}, {8.449415825e-06, 8.006161709e-05}},
    {{8, 100000}, {3.453893418e-05, 0.0001576257736}, {3.782163535e-05, 0.0001509493128}},
    {{30, 100000}, {0.0002024176058, 0.0004282411864}, {0.0002065248271, 0.0004223552845}},
    {{95, 100000}, {0.0007686726175, 0.001161203008}, {0.0007731707153, 0.001155702638}},
    {{310, 100000}, {0.002764930017, 0.003464382506}, {0.002769652913, 0.00345910591}},
    {{1000, 100000}, {0.009392556089, 0.01063611153}, {0.009397403338, 0.01063095911}},
    {{50, 100}, {0.3983211295, 0.6016788705}, {0.4031739509, 0.5968260491}},
    {{49, 50}, {0.8935304543, 0.999493772}, {0.9103196489, 0.9978335058}},
    {{999, 1000}, {0.9944410757, 0.9999746825}, {0.9953355412, 0.9998920812}},
    {{20, 29}, {0.4916766462, 0.8471540604}, {0.5095216526, 0.8340082669}},
};

/// From R 4.2.2: poisson.test(x)$conf.int.
struct OfCount {
    std::int64_t count;
    Interval interval;
};
constexpr OfCount counts[] = {
    {0, {0, 3.688879454}},
    {1, {0.02531780798, 5.571643391}},
    {2, {0.2422092785, 7.224687668}},
    {5, {1.62348639, 11.66833208}},
    {10, {4.795388696, 18.39035604}},
    {20, {12.21651959, 30.8883779}},
    {50, {37.11096374, 65.91876666}},
    {100, {81.36399125, 121.6267938}},
    {300, {267.0092752, 335.9411256}},
    {1000, {938.9730184, 1063.952136}},
};

/// From R 4.2.2: poisson.test(c(x1, x2), c(n1, n2), alternative = "greater") and "less"; the first and the last pair are the
/// fisheries and breast cancer examples of its manual page.
struct OfTwo {
    Proportion recent;
    Proportion before;
    double so_many;
    double so_few;
};
constexpr OfTwo pairs[] = {
    {{11, 800}, {2, 1000}, 0.003673097376, 0.9995445755},
    {{30, 10000}, {10, 10000}, 0.001110716887, 0.9996602259},
    {{5, 1000}, {5, 1000}, 0.623046875, 0.623046875},
    {{12, 3000}, {30, 9000}, 0.3512960165, 0.7664101409},
    {{300, 100000}, {240, 100000}, 0.005525240541, 0.9956982328},
    {{3, 50}, {0, 5000}, 9.705901479e-07, 1},
    {{0, 1000}, {4, 1000}, 1, 0.0625},
    {{41, 28010}, {15, 19017}, 0.02383012338, 0.9883727016},
};

constexpr double precision = 1e-8;

/// How often the interval holds the truth, of 2,000 addresses that each sent `volume` mails.
double coverage(double rate, std::int64_t volume, IntervalMethod method) {
    std::mt19937_64 random(static_cast<std::uint64_t>(volume) * 1'000'003U + static_cast<std::uint64_t>(rate * 1e6));
    std::binomial_distribution<std::int64_t> complaints(volume, rate);
    int covered = 0;
    for (int i = 0; i < 2000; ++i) {
        const Interval interval = interval_of({complaints(random), volume}, 0.95, method);
        covered += interval.lower <= rate && rate <= interval.upper ? 1 : 0;
    }
    return covered / 2000.0;
}

} // namespace

TEST_CASE("intervals: the ends are those of R") {
    for (const OfProportion& one : proportions) {
        INFO(one.of.hits << " of " << one.of.trials);
        const Interval exact = interval_of(one.of, 0.95, IntervalMethod::clopper_pearson);
        CHECK(exact.lower == Approx(one.clopper_pearson.lower).epsilon(precision));
        CHECK(exact.upper == Approx(one.clopper_pearson.upper).epsilon(precision));
        const Interval jeffreys = interval_of(one.of, 0.95, IntervalMethod::jeffreys);
        CHECK(jeffreys.lower == Approx(one.jeffreys.lower).epsilon(precision));
        CHECK(jeffreys.upper == Approx(one.jeffreys.upper).epsilon(precision));
    }
    for (const OfCount& one : counts) {
        INFO(one.count);
        CHECK(interval_of_count(one.count, 0.95).lower == Approx(one.interval.lower).epsilon(precision));
        CHECK(interval_of_count(one.count, 0.95).upper == Approx(one.interval.upper).epsilon(precision));
    }
}

TEST_CASE("intervals: no mail says nothing") {
    for (const auto method : {IntervalMethod::clopper_pearson, IntervalMethod::jeffreys}) {
        CHECK(interval_of({0, 0}, 0.95, method).lower == 0);
        CHECK(interval_of({0, 0}, 0.95, method).upper == 1);
    }
}

TEST_CASE("intervals: a higher level is a wider interval") {
    for (const auto method : {IntervalMethod::clopper_pearson, IntervalMethod::jeffreys}) {
        const Interval narrow = interval_of({12, 4000}, 0.9, method);
        const Interval wide = interval_of({12, 4000}, 0.99, method);
        CHECK(wide.lower < narrow.lower);
        CHECK(narrow.upper < wide.upper);
    }
}

TEST_CASE("intervals: 95 % of simulated addresses have their true rate in the exact interval") {
    for (const double rate : {0.0001, 0.001, 0.003, 0.01})
        for (const std::int64_t volume : {50, 1000, 100'000}) {
            INFO("rate " << rate << ", " << volume << " mails");
            CHECK(coverage(rate, volume, IntervalMethod::clopper_pearson) >= 0.945);
        }
}

TEST_CASE("intervals: whether a rate rose agrees with R's exact test of two Poisson rates") {
    for (const OfTwo& one : pairs) {
        INFO(one.recent.hits << " and " << one.before.hits);
        const Change change = change_of_rate(one.recent, one.before);
        CHECK(change.chance_of_so_many == Approx(one.so_many).epsilon(precision));
        CHECK(change.chance_of_so_few == Approx(one.so_few).epsilon(precision));
    }
}

TEST_CASE("intervals: without a count on one side nothing changed") {
    for (const auto& [recent, before] : {std::pair{Proportion{3, 100}, Proportion{0, 0}},
                                         {Proportion{0, 0}, Proportion{3, 100}},
                                         {Proportion{0, 100}, Proportion{0, 100}}}) {
        CHECK(change_of_rate(recent, before).chance_of_so_many == 1);
        CHECK(change_of_rate(recent, before).chance_of_so_few == 1);
    }
}
