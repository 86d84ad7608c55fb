#include "snds/plan.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::snds {

namespace {

constexpr util::Seconds hour = 3600;
constexpr util::Seconds day_zone = -8 * hour;
constexpr util::Seconds rest_between = 6 * hour;
constexpr util::Day may_still_come = 7;

} // namespace

util::Day newest_day(util::Seconds now) {
    return util::day_of(now + day_zone) - 1;
}

std::vector<util::Day> days_to_ask(const std::map<util::Day, domain::SndsAsked>& asked, int history_days,
                                   util::Seconds now) {
    const util::Day newest = newest_day(now);
    std::vector<util::Day> out;
    bool newest_with_rows = true;
    for (util::Day day = newest; day > newest - history_days; --day) {
        const auto found = asked.find(day);
        if (found == asked.end() || found->second.outcome == domain::SndsOutcome::failed) {
            out.push_back(day);
            continue;
        }
        const bool has_rows = found->second.outcome == domain::SndsOutcome::rows;
        const bool may_change = has_rows ? newest_with_rows : day > newest - may_still_come;
        newest_with_rows = newest_with_rows && !has_rows;
        if (may_change && now - found->second.at >= rest_between)
            out.push_back(day);
    }
    return out;
}

bool is_retired(std::string_view url) {
    constexpr std::string_view hosts[] = {"postmaster.live.com", "sendersupport.olc.protection.outlook.com"};
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
        url.remove_prefix(scheme + 3);
    const std::string_view host = url.substr(0, url.find_first_of(":/?#"));
    return std::ranges::any_of(hosts, [&](std::string_view one) { return util::equal_ignoring_case(host, one); });
}

} // namespace jmrp::snds
