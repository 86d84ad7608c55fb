#include "cli/rates_json.hpp"

#include <algorithm>

namespace jmrp::cli {

namespace {

using domain::to_text;
using reputation::Complaints;
using reputation::Days;
using reputation::Proportion;
using reputation::Rate;

Json counts_json(const Complaints& counts) {
    return {{"reports", counts.reports},
            {"complaints", counts.complaints},
            {"attributed", counts.attributed},
            {"unverified", counts.unverified}};
}

Json days_json(const Days& days) {
    return {{"first_day", util::iso_day(days.first)}, {"last_day", util::iso_day(days.last)}, {"days", days.count()}};
}

Json compared_json(const Days& days, const Proportion& of) {
    Json out = days_json(days);
    out.update({{"complaints", of.hits}, {"accepted", of.trials}});
    return out;
}

Json trend_json(const reputation::Trend& trend) {
    const bool known = trend.course != reputation::Course::unknown;
    return {{"course", to_text(trend.course)},
            {"chance", known ? Json(trend.chance) : Json(nullptr)},
            {"recent", compared_json(trend.recent_days, trend.recent)},
            {"before", compared_json(trend.before_days, trend.before)}};
}

Json snds_json(const reputation::SndsSummary& snds) {
    const bool any = snds.days_with_rows > 0;
    return {{"days_with_rows", snds.days_with_rows},
            {"days_without_data", snds.days_without},
            {"days_failed", snds.days_failed},
            {"days_never_asked", snds.days_unasked},
            {"first_period_start", any ? Json(util::iso8601(snds.first_start)) : Json(nullptr)},
            {"last_period_end", any ? Json(util::iso8601(snds.last_end)) : Json(nullptr)},
            {"recipients", snds.recipients},
            {"complaint_rate_lower", snds.rate ? Json(snds.rate->lower) : Json(nullptr)},
            {"complaint_rate_upper", snds.rate ? Json(snds.rate->upper) : Json(nullptr)},
            {"worst_filter_result", snds.worst ? Json(to_text(*snds.worst)) : Json(nullptr)},
            {"trap_hits", snds.trap_hits}};
}

Json rate_json(const Rate& rate, domain::TrafficBy per) {
    Json out = days_json(rate.days);
    out["arrived"] = counts_json(rate.arrived);
    out["reported"] = counts_json(rate.reported);
    out["accepted"] = is_accepted_known(rate) ? Json(rate.accepted) : Json(nullptr);
    out["accepted_days"] = rate.logged_days;
    out["complaints_left_out"] = rate.left_out;
    out["rate"] = nullptr;
    if (!rate.gap)
        out["rate"] = {{"complaints", rate.of.hits},
                       {"accepted", rate.of.trials},
                       {"percent", *reputation::percent(rate.of)},
                       {"lower", 100 * rate.interval.lower},
                       {"upper", 100 * rate.interval.upper}};
    out["unknown"] = rate.gap ? Json(to_text(*rate.gap)) : Json(nullptr);
    out["why"] = rate.gap ? Json(reputation::explain(*rate.gap, per)) : Json(nullptr);
    out["trend"] = trend_json(rate.trend);
    out["snds"] = rate.snds ? snds_json(*rate.snds) : Json(nullptr);
    return out;
}

Json row_json(const RateAnswer::Row& row, const RateQuestion& question) {
    Json windows = Json::array();
    for (const Rate& rate : row.rates)
        windows.push_back(rate_json(rate, question.per));
    Json out{{"name", row.name.empty() ? Json(nullptr) : Json(row.name)}, {"windows", std::move(windows)}};
    if (!question.per_day)
        return out;
    Json days = Json::array();
    for (const reputation::RateDay& day : row.days)
        days.push_back({{"day", util::iso_day(day.day)},
                        {"arrived", counts_json(day.arrived)},
                        {"reported", counts_json(day.reported)},
                        {"accepted", day.accepted ? Json(*day.accepted) : Json(nullptr)}});
    out["days"] = std::move(days);
    return out;
}

} // namespace

Json rates_json(const RateQuestion& question, const RateAnswer& answer) {
    const Rate& widest =
        *std::ranges::max_element(answer.all.rates, {}, [](const Rate& rate) { return rate.days.count(); });
    Json feeds = Json::array();
    for (std::size_t i = 0; i < question.windows.size(); ++i) {
        Json one = days_json(question.windows[i]);
        one["alive"] = static_cast<bool>(answer.lived[i]);
        feeds.push_back(std::move(one));
    }
    Json rows = Json::array();
    for (const RateAnswer::Row& row : answer.rows)
        rows.push_back(row_json(row, question));
    Json out{{"format_version", format_version},
             {"per", to_text(question.per)},
             {"by", to_text(question.rules.by)},
             {"providers", question.rules.providers},
             {"level", question.rules.level},
             {"method", to_text(question.rules.method)},
             {"feeds", std::move(feeds)},
             {"names", answer.names},
             {"total", counts_json(widest.reported)},
             {"all", row_json(answer.all, question)},
             {"rates", std::move(rows)}};
    return out;
}

} // namespace jmrp::cli
