#include "reputation/rates.hpp"

#include <algorithm>
#include <type_traits>

namespace jmrp::reputation {

namespace {

constexpr util::Day habit_days = 60; ///< before the last report
constexpr util::Seconds seconds_per_day = 86'400;

/// Whether it is known what was sent on a day.
class Logged {
  public:
    Logged(const Days& days, const RateGround& ground)
        : days_(days), logged_(static_cast<std::size_t>(std::max<util::Day>(0, days.count())), false) {
        for (const util::Day day : ground.logged)
            if (days.contains(day))
                logged_[static_cast<std::size_t>(day - days.first)] = true;
    }
    bool operator()(util::Day day) const {
        return days_.contains(day) && logged_[static_cast<std::size_t>(day - days_.first)];
    }
    int count(const Days& within) const {
        int out = 0;
        for (util::Day day = within.first; day <= within.last; ++day)
            out += (*this)(day) ? 1 : 0;
        return out;
    }

  private:
    Days days_;
    std::vector<bool> logged_;
};

/// Days that end before today, and as many before them.
std::pair<Days, Days> compared(const Days& days, util::Day today) {
    const util::Day last = days.last < today ? days.last : today - 1;
    const Days recent{last - days.count() + 1, last};
    return {recent, {recent.first - days.count(), recent.first - 1}};
}

std::int64_t accepted_in(const RateSubject& subject, const Days& days) {
    std::int64_t out = 0;
    for (const AcceptedDay& day : subject.accepted)
        out += days.contains(day.day) ? day.accepted : 0;
    return out;
}

/// With what is known at the end of `days` alone.
Proportion known_then(const RateSubject& subject, const Days& days, const Logged& logged, CountedDay by) {
    Proportion out;
    for (const ComplaintDays& row : subject.complaints) {
        const util::Day day = by == CountedDay::arrival ? row.arrival_day : row.report_day;
        if (days.contains(day) && row.report_day <= days.last && logged(day))
            out.hits += row.counts.complaints;
    }
    out.trials = accepted_in(subject, days);
    return out;
}

/// What is the same for all subjects.
struct Frame {
    const Days& days;
    const RateGround& ground;
    const RateRules& rules;
    Days recent;
    Days before;
    Logged logged;
    int logged_days;
    bool lived;
    bool recent_lived;
    bool before_lived;
    bool uses_snds;
};

Trend trend_of(const RateSubject& subject, const Frame& frame) {
    Trend out;
    out.recent_days = frame.recent;
    out.before_days = frame.before;
    out.recent = known_then(subject, frame.recent, frame.logged, frame.rules.by);
    out.before = known_then(subject, frame.before, frame.logged, frame.rules.by);
    const bool silence_would_look_so =
        (!frame.recent_lived && out.recent.hits == 0) || (!frame.before_lived && out.before.hits == 0);
    if (out.recent.trials <= 0 || out.before.trials <= 0 || silence_would_look_so || frame.ground.rebuilding)
        return out;
    const Change change = change_of_rate(out.recent, out.before);
    const double likelier = std::min(change.chance_of_so_many, change.chance_of_so_few);
    out.chance = std::min(1.0, 2 * likelier);
    out.course = out.chance > 1 - frame.rules.trend_level / 100       ? Course::no_proof
                 : change.chance_of_so_many < change.chance_of_so_few ? Course::rising
                                                                      : Course::falling;
    return out;
}

util::Day middle_day(const domain::SndsDay& row) {
    return util::day_of(row.period_start + (row.period_end - row.period_start) / 2);
}

SndsSummary summary_of(const std::vector<domain::SndsDay>& rows, const Days& days,
                       const std::map<util::Day, domain::SndsOutcome>& asked) {
    SndsSummary out;
    domain::RateBounds weighted;
    std::set<util::Day> told;
    for (const domain::SndsDay& row : rows) {
        const util::Day day = middle_day(row);
        if (!days.contains(day))
            continue;
        out.first_start = told.empty() ? row.period_start : std::min(out.first_start, row.period_start);
        out.last_end = std::max(out.last_end, row.period_end);
        told.insert(day);
        out.worst = std::max(out.worst.value_or(row.filter_result), row.filter_result);
        out.trap_hits += row.trap_hits.value_or(0);
        if (!row.complaint_rate)
            continue;
        const auto recipients = static_cast<double>(row.message_recipients);
        weighted.lower += row.complaint_rate->lower * recipients;
        weighted.upper += row.complaint_rate->upper * recipients;
        out.recipients += row.message_recipients;
    }
    if (out.recipients > 0) {
        const auto recipients = static_cast<double>(out.recipients);
        out.rate = domain::RateBounds{weighted.lower / recipients, weighted.upper / recipients};
    }
    out.days_with_rows = static_cast<int>(told.size());
    for (auto day = asked.lower_bound(days.first); day != asked.end() && day->first <= days.last; ++day)
        if (!told.contains(day->first))
            ++(day->second == domain::SndsOutcome::failed ? out.days_failed : out.days_without);
    out.days_unasked = days.count() - out.days_with_rows - out.days_without - out.days_failed;
    return out;
}

std::optional<Gap> gap_of(const RateSubject& subject, const Rate& rate, const Frame& frame) {
    const bool is_ip = frame.ground.by == domain::TrafficBy::source_ip;
    if (frame.ground.rebuilding)
        return Gap::rebuilding;
    if (subject.name.empty())
        return Gap::no_name;
    if (rate.logged_days == 0)
        return Gap::no_traffic;
    if (std::ranges::none_of(subject.accepted, [&](const AcceptedDay& day) { return frame.days.contains(day.day); }))
        return is_ip && frame.ground.logs_name_no_ip ? Gap::logs_name_no_ip : Gap::no_traffic_of_name;
    if (rate.accepted == 0)
        return Gap::nothing_accepted;
    if (rate.of.hits > rate.of.trials)
        return Gap::more_complaints_than_accepted;
    if (rate.of.hits == 0 && !frame.lived)
        return Gap::feeds_silent;
    return std::nullopt;
}

Rate rate_of(const RateSubject& subject, const Frame& frame) {
    Rate out;
    out.days = frame.days;
    out.logged_days = frame.logged_days;
    out.accepted = accepted_in(subject, frame.days);
    for (const ComplaintDays& row : subject.complaints) {
        const util::Day day = frame.rules.by == CountedDay::arrival ? row.arrival_day : row.report_day;
        if (frame.days.contains(row.arrival_day))
            out.arrived += row.counts;
        if (frame.days.contains(row.report_day))
            out.reported += row.counts;
        if (frame.days.contains(day))
            (frame.logged(day) ? out.of.hits : out.left_out) += row.counts.complaints;
    }
    out.of.trials = out.accepted;
    out.gap = gap_of(subject, out, frame);
    out.interval = {0, 1};
    if (!out.gap)
        out.interval = interval_of(out.of, frame.rules.level / 100, frame.rules.method);
    out.trend = trend_of(subject, frame);
    if (frame.uses_snds && !subject.name.empty())
        out.snds = summary_of(subject.snds, frame.days, frame.ground.snds_asked);
    return out;
}

} // namespace

Complaints& Complaints::operator+=(const Complaints& other) {
    reports += other.reports;
    complaints += other.complaints;
    attributed += other.attributed;
    unverified += other.unverified;
    return *this;
}

bool feeds_lived(const Days& days, const RateGround& ground, const RateRules& rules) {
    const auto concerns = [&](const auto& about) {
        return rules.feeds.empty() || std::ranges::find(rules.feeds, about.feed) != rules.feeds.end();
    };
    std::set<util::Day> seen; // until the end
    for (const domain::FeedDay& day : ground.feeds)
        if (concerns(day) && day.reports > 0 && day.day <= days.last)
            seen.insert(day.day);
    if (rules.feeds.empty())
        seen.insert(ground.report_days.begin(), ground.report_days.upper_bound(days.last));
    if (seen.empty())
        return false;
    const util::Day last = *seen.rbegin();
    if (last >= days.first)
        return true;
    seen.erase(seen.begin(), seen.upper_bound(last - habit_days));
    if (days.last - last <= habit_days && std::ranges::any_of(ground.polls, [&](const domain::PolledFeed& poll) {
            return concerns(poll) && poll.polled_at && util::day_of(*poll.polled_at) >= days.last;
        }))
        return true;
    constexpr std::size_t least_days = 5;
    if (seen.size() < least_days)
        return false;
    util::Day longest = 0;
    for (auto day = std::next(seen.begin()); day != seen.end(); ++day)
        longest = std::max(longest, *day - *std::prev(day));
    const double average = static_cast<double>(last - *seen.begin()) / static_cast<double>(seen.size() - 1);
    return days.last - last <= longest + average;
}

util::Day first_day_needed(const Days& days) noexcept {
    return days.first - days.count() - 1;
}

namespace {

Frame frame_of(const std::vector<RateSubject>& subjects, const Days& days, const RateGround& ground,
               const RateRules& rules) {
    const auto [recent, before] = compared(days, ground.today);
    const bool uses_snds = ground.by == domain::TrafficBy::source_ip &&
                           (!ground.snds_asked.empty() ||
                            std::ranges::any_of(subjects, [](const RateSubject& one) { return !one.snds.empty(); }));
    const Logged logged({first_day_needed(days), days.last}, ground);
    return {days,
            ground,
            rules,
            recent,
            before,
            logged,
            logged.count(days),
            feeds_lived(days, ground, rules),
            feeds_lived(recent, ground, rules),
            feeds_lived(before, ground, rules),
            uses_snds};
}

template <typename Of, typename Result = std::invoke_result_t<Of, const RateSubject&, const Frame&>>
std::vector<Result> each_of(const std::vector<RateSubject>& subjects, const Frame& frame, Of of) {
    std::vector<Result> out;
    out.reserve(subjects.size());
    for (const RateSubject& subject : subjects)
        out.push_back(of(subject, frame));
    return out;
}

} // namespace

std::vector<Rate> rates_of(const std::vector<RateSubject>& subjects, const Days& days, const RateGround& ground,
                           const RateRules& rules) {
    return each_of(subjects, frame_of(subjects, days, ground, rules), rate_of);
}

std::vector<Trend> trends_of(const std::vector<RateSubject>& subjects, const Days& days, const RateGround& ground,
                             const RateRules& rules) {
    return each_of(subjects, frame_of(subjects, days, ground, rules), trend_of);
}

std::vector<RateDay> daily(const RateSubject& subject, const Days& days, const RateGround& ground) {
    std::vector<RateDay> out(static_cast<std::size_t>(std::max<util::Day>(0, days.count())));
    for (util::Day day = days.first; day <= days.last; ++day)
        out[static_cast<std::size_t>(day - days.first)].day = day;
    const auto at = [&](util::Day day) -> RateDay& { return out[static_cast<std::size_t>(day - days.first)]; };
    for (const util::Day day : ground.logged)
        if (days.contains(day))
            at(day).accepted = 0;
    for (const AcceptedDay& day : subject.accepted)
        if (days.contains(day.day))
            at(day.day).accepted = at(day.day).accepted.value_or(0) + day.accepted;
    for (const ComplaintDays& row : subject.complaints) {
        if (days.contains(row.arrival_day))
            at(row.arrival_day).arrived += row.counts;
        if (days.contains(row.report_day))
            at(row.report_day).reported += row.counts;
    }
    return out;
}

namespace {

/// Sums by key. What is added in order of the key is found by walking on.
template <typename Key, typename Sum>
class Sums {
  public:
    void start() { at_ = sums_.begin(); }
    void add(const Key& key, const Sum& more) {
        if (at_ != sums_.end() && key < at_->first)
            at_ = sums_.lower_bound(key);
        while (at_ != sums_.end() && at_->first < key)
            ++at_;
        if (at_ == sums_.end() || key < at_->first)
            at_ = sums_.emplace_hint(at_, key, Sum{});
        at_->second += more;
    }
    const std::map<Key, Sum>& get() const { return sums_; }

  private:
    std::map<Key, Sum> sums_;
    typename std::map<Key, Sum>::iterator at_ = sums_.begin();
};

} // namespace

RateSubject sum_of(const std::vector<RateSubject>& subjects) {
    Sums<std::pair<util::Day, util::Day>, Complaints> complaints; // as they are stored: by the day of the report first
    Sums<util::Day, std::int64_t> accepted;
    for (const RateSubject& subject : subjects) {
        complaints.start();
        for (const ComplaintDays& row : subject.complaints)
            complaints.add({row.report_day, row.arrival_day}, row.counts);
        accepted.start();
        for (const AcceptedDay& day : subject.accepted)
            accepted.add(day.day, day.accepted);
    }
    RateSubject out;
    out.name = "all";
    for (const auto& [days, counts] : complaints.get())
        out.complaints.push_back({days.second, days.first, counts});
    for (const auto& [day, count] : accepted.get())
        out.accepted.push_back({day, count});
    return out;
}

std::string explain(Gap gap, domain::TrafficBy by) {
    const std::string kind = by == domain::TrafficBy::source_ip ? "source IP" : std::string(to_text(by));
    switch (gap) {
    case Gap::rebuilding:
        return "a rebuild is under way, and complaints are being counted again";
    case Gap::no_name:
        return "no report says which " + kind + " these complaints are about";
    case Gap::no_traffic:
        return by == domain::TrafficBy::source_ip
                   ? "nothing tells how much mail was accepted in these days: 'jmrp import sent' reads it from logs"
                   : "nothing tells how much mail of which " + kind +
                         " was accepted in these days: 'jmrp import traffic' reads such counts";
    case Gap::logs_name_no_ip:
        return "the logs do not tell which address mail left from: send_log.source_ips in the configuration";
    case Gap::no_traffic_of_name:
        return "accepted mail of others is known in these days, none of this " + kind +
               ": is the log of its server read?";
    case Gap::nothing_accepted:
        return "no mail was accepted in these days";
    case Gap::more_complaints_than_accepted:
        return "more complaints than accepted mails: what was sent is not all known";
    case Gap::feeds_silent:
        return "no complaints, but no report about anybody came either: that proves nothing ('jmrp check')";
    }
    return {};
}

} // namespace jmrp::reputation
