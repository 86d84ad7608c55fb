#pragma once
// Complaints of so and so much mail: what the rate of a source IP, a sending domain, a list or a campaign is, how sure that is,
// and whether it changed. Pure. Days are UTC. What is not known is never taken for zero.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/inflow.hpp"
#include "domain/names.hpp"
#include "domain/snds.hpp"
#include "domain/traffic.hpp"
#include "reputation/intervals.hpp"
#include "util/clock.hpp"

namespace jmrp::reputation {

/// Which day of a complaint counts: the one on which the mail arrived, or the one on which the report came. The former are a
/// share of the mail of these days. The latter are not; SNDS counts so.
enum class CountedDay { arrival, report };

/// Both days belong to it.
struct Days {
    util::Day first = 0;
    util::Day last = 0;

    util::Day count() const noexcept { return last - first + 1; }
    bool contains(util::Day day) const noexcept { return first <= day && day <= last; }
    friend bool operator==(const Days&, const Days&) = default;
};

struct RateRules {
    std::vector<std::string> providers{
        "outlook.com"};               ///< whose accepted mail is the denominator: JMRP tells of no other
    std::vector<std::string> feeds{}; ///< whose reports show that complaints would come; empty: of all
    double level = 95;                ///< percent, of intervals
    IntervalMethod method = IntervalMethod::clopper_pearson;
    double trend_level =
        95; ///< percent: a change is told where chance alone would do it less often than in the rest of 100
    CountedDay by = CountedDay::arrival;
};

struct Complaints {
    std::int64_t reports = 0;
    std::int64_t complaints = 0; ///< reports times incidents
    std::int64_t attributed = 0; ///< of the reports: it is known who complained
    std::int64_t unverified = 0; ///< of the reports: nothing proves that the provider sent them

    Complaints& operator+=(const Complaints& other);
    friend bool operator==(const Complaints&, const Complaints&) = default;
};

struct ComplaintDays {
    util::Day arrival_day = 0;
    util::Day report_day = 0; ///< never earlier
    Complaints counts;
};

struct AcceptedDay {
    util::Day day = 0;
    std::int64_t accepted = 0; ///< by the providers of the rules
};

/// Everything that was counted for one name. In any order; days outside of what is asked about do no harm.
struct RateSubject {
    std::string name; ///< a source IP is empty where no report or log says it
    std::vector<ComplaintDays> complaints;
    std::vector<AcceptedDay> accepted; ///< no row: nothing was sent on that day, or nobody counted
    std::vector<domain::SndsDay> snds;
};

/// What does not depend on the name.
struct RateGround {
    domain::TrafficBy by = domain::TrafficBy::source_ip;
    std::vector<util::Day> logged;      ///< ascending: days of which it is known what was sent, by whichever name
    bool logs_name_no_ip = false;       ///< mail was accepted from addresses that the logs do not tell
    std::vector<domain::FeedDay> feeds; ///< 60 days before the first one asked about are enough
    std::vector<domain::PolledFeed> polls;
    /// On which reports of any feed were written, as they say: an archive that was read in later came on other days.
    std::set<util::Day> report_days;
    std::map<util::Day, domain::SndsOutcome> snds_asked; ///< what came of asking for each day; absent: never asked for
    bool rebuilding = false;                             ///< counts are not whole
    util::Day today = 0;
};

/// Why a rate is unknown.
enum class Gap {
    rebuilding,                    ///< complaints are being counted again
    no_name,                       ///< no report says which name these complaints count for
    no_traffic,                    ///< nothing tells what was sent in these days
    logs_name_no_ip,               ///< the logs do not tell from which address
    no_traffic_of_name,            ///< mail of others is logged in these days, none of this one
    nothing_accepted,              ///< the providers accepted nothing
    more_complaints_than_accepted, ///< what was sent is not all logged
    feeds_silent                   ///< no complaints, and no sign that any would have come
};

/// What SNDS say of an IP in these days. A period counts where its middle lies, so none counts twice.
struct SndsSummary {
    int days_with_rows = 0;
    int days_without = 0; ///< asked for and not there: fewer than 100 messages, or not published yet
    int days_failed = 0;
    int days_unasked = 0;
    std::int64_t recipients = 0;            ///< of the rows that tell a rate
    std::optional<domain::RateBounds> rate; ///< percent of the recipients; nothing: no row tells it
    std::optional<domain::FilterResult> worst;
    std::int64_t trap_hits = 0;
    util::Seconds first_start = 0; ///< of the periods
    util::Seconds last_end = 0;
};

enum class Course { rising, falling, no_proof, unknown };

/// Whole days against as many whole days before them, by the exact test of two Poisson rates. Of the mail of each only those
/// complaints count that had been reported when it ended: those about the last days are still to come.
struct Trend {
    Course course = Course::unknown;
    double chance = 1; ///< of a change as large as this one or larger, either way
    Days recent_days;
    Days before_days;
    Proportion recent;
    Proportion before;
};

struct Rate {
    Days days;
    Complaints arrived;  ///< about mail that arrived in these days
    Complaints reported; ///< that came in these days
    std::int64_t accepted = 0;
    int logged_days = 0;       ///< of these days
    std::int64_t left_out = 0; ///< of the complaints: those of days of which nothing tells what was sent
    std::optional<Gap> gap;    ///< the rate is unknown
    Proportion of;             ///< complaints of accepted, in days of which both are known
    Interval interval;         ///< of the rate, as a share; from 0 to 1 where it is unknown
    Trend trend;
    std::optional<SndsSummary> snds; ///< nothing: nobody asks SNDS, or they know no such names
};

/// Each subject's rate in these days, in their order.
std::vector<Rate> rates_of(const std::vector<RateSubject>& subjects, const Days& days, const RateGround& ground,
                           const RateRules& rules);

/// The trends alone.
std::vector<Trend> trends_of(const std::vector<RateSubject>& subjects, const Days& days, const RateGround& ground,
                             const RateRules& rules);

struct RateDay {
    util::Day day = 0;
    Complaints arrived;
    Complaints reported;
    std::optional<std::int64_t> accepted; ///< nothing: unknown
};
/// One for each day.
std::vector<RateDay> daily(const RateSubject& subject, const Days& days, const RateGround& ground);

/// All of them together.
RateSubject sum_of(const std::vector<RateSubject>& subjects);

/// The first day that has to be known for rates_of().
util::Day first_day_needed(const Days& days) noexcept;

/// Whether complaints about mail of these days would have come: a report came within them, or a mailbox was emptied after
/// them, or the feeds were not silent for longer than is usual (the longest pause and an average one together).
bool feeds_lived(const Days& days, const RateGround& ground, const RateRules& rules);

/// A sentence for people.
std::string explain(Gap gap, domain::TrafficBy by);

} // namespace jmrp::reputation

namespace jmrp::domain {
template <>
struct Names<reputation::CountedDay> {
    using Day = reputation::CountedDay;
    static constexpr std::pair<Day, std::string_view> table[] = {{Day::arrival, "arrival"}, {Day::report, "report"}};
};
template <>
struct Names<reputation::Gap> {
    using Gap = reputation::Gap;
    static constexpr std::pair<Gap, std::string_view> table[] = {
        {Gap::rebuilding, "rebuilding"},
        {Gap::no_name, "no-name"},
        {Gap::no_traffic, "no-traffic"},
        {Gap::logs_name_no_ip, "logs-name-no-ip"},
        {Gap::no_traffic_of_name, "no-traffic-of-name"},
        {Gap::nothing_accepted, "nothing-accepted"},
        {Gap::more_complaints_than_accepted, "more-complaints-than-accepted"},
        {Gap::feeds_silent, "feeds-silent"}};
};
template <>
struct Names<reputation::Course> {
    using Course = reputation::Course;
    static constexpr std::pair<Course, std::string_view> table[] = {{Course::rising, "rising"},
                                                                    {Course::falling, "falling"},
                                                                    {Course::no_proof, "no-proof"},
                                                                    {Course::unknown, "unknown"}};
};
} // namespace jmrp::domain
