#include "cli/rating.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "cli/feeds.hpp"

namespace jmrp::cli {

namespace {

using domain::TrafficBy;
using reputation::RateSubject;

constexpr util::Day days_of_feeds = 120; ///< before the first one: whether a feed is silent for longer than usual

/// Subjects by name. What is read comes in runs of one name.
class Subjects {
  public:
    RateSubject& at(std::string_view name) {
        if (last_ == subjects_.end() || last_->first != name) {
            last_ = subjects_.find(name);
            if (last_ == subjects_.end())
                last_ = subjects_.emplace(name, RateSubject{std::string(name), {}, {}, {}}).first;
        }
        return last_->second;
    }
    bool contains(std::string_view name) const { return subjects_.find(name) != subjects_.end(); }
    std::vector<RateSubject> take() {
        std::vector<RateSubject> out;
        out.reserve(subjects_.size());
        for (auto& [name, subject] : subjects_)
            out.push_back(std::move(subject));
        return out;
    }

  private:
    std::map<std::string, RateSubject, std::less<>> subjects_;
    std::map<std::string, RateSubject, std::less<>>::iterator last_ = subjects_.end();
};

void add_complaints(store::Store& store, const store::ComplaintQuery& query, Subjects& subjects,
                    std::set<util::Day>& report_days) {
    store.for_each_complaint_count(query, [&](const store::ComplaintCount& row) {
        if (report_days.empty() || *report_days.rbegin() != row.report_day)
            report_days.insert(report_days.end(), row.report_day);
        subjects.at(row.name).complaints.push_back(
            {row.arrival_day, row.report_day, {row.reports, row.complaints, row.attributed, row.unverified}});
    });
}

void add_traffic(store::Store& store, store::TrafficQuery query, const std::vector<std::string>& providers,
                 Subjects& subjects, reputation::RateGround& ground) {
    std::set<util::Day> logged;
    for (const std::string& provider : providers) {
        query.provider = provider;
        for (const store::TrafficRow& row : store.traffic(query)) {
            subjects.at(row.name).accepted.push_back({row.day, row.accepted});
            logged.insert(row.day);
            ground.logs_name_no_ip = ground.logs_name_no_ip || (row.name.empty() && row.accepted > 0);
        }
    }
    // A day on which nothing went to these providers is known as well, where other mail is logged.
    util::Day first = *query.first_day;
    util::Day last = *query.last_day;
    while (first <= last && logged.contains(first))
        ++first;
    while (first <= last && logged.contains(last))
        --last;
    if (first <= last)
        for (const util::Day day : store.days_with_traffic(query.by, first, last))
            logged.insert(day);
    ground.logged.assign(logged.begin(), logged.end());
}

/// Rows of strangers' addresses are none of ours: those of the own networks, and of whatever else complaints or logs name.
void add_snds(store::Store& store, const std::vector<domain::Network>& own, util::Day first_day,
              const std::optional<std::string>& name, Subjects& subjects, reputation::RateGround& ground) {
    for (const auto& [day, asked] : store.snds_asked(first_day, ground.today))
        ground.snds_asked.emplace(day, asked.outcome);
    // Their days are not ours, and a period may end in the next one.
    std::optional<domain::Ip> last;
    RateSubject* subject = nullptr;
    for (domain::SndsDay& day :
         store.snds_days(first_day - 1, ground.today, name ? domain::parse_ip(*name) : std::nullopt)) {
        if (!last || *last != day.ip) {
            last = day.ip;
            const std::string text = day.ip.text();
            const bool is_ours = subjects.contains(text) || domain::any_contains(own, day.ip);
            subject = is_ours ? &subjects.at(text) : nullptr;
        }
        if (subject)
            subject->snds.push_back(std::move(day));
    }
}

} // namespace

RateGrounds gather_rates(store::Store& store, const Config& config, TrafficBy by, util::Day first_day,
                         util::Seconds now, const std::optional<std::string>& name) {
    RateGrounds out;
    const util::Day today = util::day_of(now);
    out.ground.by = by;
    out.ground.today = today;
    Subjects subjects;
    store.in_snapshot([&] {
        out.ground.rebuilding = store.is_rebuilding();
        add_complaints(store, {by, name, first_day}, subjects, out.ground.report_days);
        add_traffic(store, {by, name, std::nullopt, first_day, today, true}, config.rates.providers, subjects,
                    out.ground);
        if (by == TrafficBy::source_ip)
            add_snds(store, config.rules.reading.own_networks, first_day, name, subjects, out.ground);
        out.ground.feeds = store.feed_days(first_day - days_of_feeds);
        out.ground.polls = polled_feeds(config, store);
    });
    out.subjects = subjects.take();
    return out;
}

namespace {

using reputation::Days;
using reputation::Rate;

const Days& longest(const std::vector<Days>& windows) {
    return *std::ranges::max_element(windows, {}, &Days::count);
}

bool is_counted(const Rate& rate) {
    return rate.arrived.reports > 0 || rate.reported.reports > 0 || rate.accepted > 0 ||
           (rate.snds && rate.snds->days_with_rows > 0);
}

/// Names without any mail that is known are shown for their complaints.
bool is_wanted(const RateAnswer::Row& row, const RateQuestion& question) {
    if (row.name.empty() && std::ranges::all_of(row.rates, [](const Rate& rate) {
            return rate.arrived.reports == 0 && rate.reported.reports == 0;
        }))
        return false; // what logs do not tell the address of
    return std::ranges::any_of(row.rates, is_counted) && row.rates.front().accepted >= question.least_accepted;
}

std::int64_t complaints_of(const Rate& rate, const RateQuestion& question) {
    return (question.rules.by == reputation::CountedDay::arrival ? rate.arrived : rate.reported).complaints;
}

bool goes_before(const RateAnswer::Row& a, const RateAnswer::Row& b, const RateQuestion& question) {
    const Rate& left = a.rates.front();
    const Rate& right = b.rates.front();
    const std::int64_t more = complaints_of(left, question) - complaints_of(right, question);
    switch (question.sort) {
    case RateSort::name:
        return a.name < b.name;
    case RateSort::accepted:
        return left.accepted > right.accepted;
    case RateSort::complaints:
        return more > 0;
    case RateSort::rate:
        break;
    }
    if (left.gap.has_value() != right.gap.has_value())
        return right.gap.has_value();
    return left.gap || left.interval.lower == right.interval.lower ? more > 0
                                                                   : left.interval.lower > right.interval.lower;
}

std::vector<reputation::RateDay> days_of(const RateSubject& subject, const reputation::RateGround& ground,
                                         const RateQuestion& question) {
    constexpr util::Day shown_days = 30;
    Days days = longest(question.windows);
    if (!question.per_day)
        days.first = std::max(days.first, days.last - shown_days + 1);
    auto out = reputation::daily(subject, days, ground);
    if (question.per_day)
        std::erase_if(out, [](const reputation::RateDay& day) {
            return day.arrived.reports == 0 && day.reported.reports == 0 && day.accepted.value_or(0) == 0;
        });
    return out;
}

/// Of all names in each of the windows, turned around: each name with all windows.
std::vector<RateAnswer::Row> rows_of(const std::vector<RateSubject>& subjects, const reputation::RateGround& ground,
                                     const RateQuestion& question) {
    std::vector<RateAnswer::Row> out(subjects.size());
    for (const Days& window : question.windows) {
        const std::vector<Rate> rates = reputation::rates_of(subjects, window, ground, question.rules);
        for (std::size_t i = 0; i < subjects.size(); ++i)
            out[i].rates.push_back(rates[i]);
    }
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        out[i].name = subjects[i].name;
        out[i].days = days_of(subjects[i], ground, question);
    }
    return out;
}

/// Complaints about names of which nobody knows the mail count, but are in no rate: it would be too high.
RateAnswer::Row all_of(const std::vector<RateSubject>& subjects, const reputation::RateGround& ground,
                       const RateQuestion& question) {
    std::vector<RateSubject> known;
    std::ranges::copy_if(subjects, std::back_inserter(known),
                         [](const RateSubject& one) { return !one.name.empty() && !one.accepted.empty(); });
    RateAnswer::Row out = std::move(rows_of({reputation::sum_of(known)}, ground, question).front());
    if (known.size() == subjects.size())
        return out;
    const RateAnswer::Row everything = std::move(rows_of({reputation::sum_of(subjects)}, ground, question).front());
    for (std::size_t i = 0; i < out.rates.size(); ++i) {
        out.rates[i].left_out += complaints_of(everything.rates[i], question) - complaints_of(out.rates[i], question);
        out.rates[i].arrived = everything.rates[i].arrived;
        out.rates[i].reported = everything.rates[i].reported;
        out.rates[i].accepted = everything.rates[i].accepted;
    }
    return out;
}

} // namespace

bool is_accepted_known(const Rate& rate) {
    using reputation::Gap;
    return rate.logged_days > 0 && rate.gap != Gap::no_traffic_of_name && rate.gap != Gap::logs_name_no_ip &&
           rate.gap != Gap::no_name;
}

RateAnswer answer_rates(store::Store& store, const Config& config, const RateQuestion& question, util::Seconds now) {
    util::Day first = util::day_of(now);
    for (const Days& window : question.windows)
        first = std::min(first, reputation::first_day_needed(window));
    RateAnswer out;
    RateGrounds grounds = gather_rates(store, config, question.per, first, now, question.name);
    out.all = all_of(grounds.subjects, grounds.ground, question);
    out.rows = rows_of(grounds.subjects, grounds.ground, question);
    std::erase_if(out.rows, [&](const RateAnswer::Row& row) { return !is_wanted(row, question); });
    std::ranges::stable_sort(
        out.rows, [&](const RateAnswer::Row& a, const RateAnswer::Row& b) { return goes_before(a, b, question); });
    out.names = out.rows.size();
    out.rows.resize(std::min(out.rows.size(), question.most_names));
    for (const Days& window : question.windows)
        out.lived.push_back(reputation::feeds_lived(window, grounds.ground, question.rules));
    out.ground = std::move(grounds.ground);
    return out;
}

} // namespace jmrp::cli
