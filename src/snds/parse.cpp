#include "snds/parse.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "snds/table.hpp"
#include "util/text.hpp"

namespace jmrp::snds {

namespace {

constexpr util::Seconds hour = 3600;
/// Where Microsoft's day begins, summer and winter.
constexpr util::Seconds day_zone = -8 * hour;

enum Column : std::size_t {
    ip,
    period_start,
    period_end,
    rcpt_commands,
    data_commands,
    message_recipients,
    filter_result,
    complaint_rate,
    trap_period_start,
    trap_period_end,
    trap_hits,
    sample_helo,
    sample_mail_from,
    comments
};
const std::array<Field, 14>& data_fields() {
    static const std::array<Field, 14> fields = {{
        {"ipaddress", {"ip"}},
        {"activityperiodstart", {"activityperiod", "periodstart"}},
        {"activityperiodend", {"periodend"}},
        {"rcptcommands", {"rcptcount"}},
        {"datacommands", {"datacount"}},
        {"messagerecipients", {"recipients"}},
        {"filterresult", {"filterresults"}},
        {"complaintrate"},
        {"trapmessageperiodstart", {"trapmessageperiod", "trapperiodstart"}},
        {"trapmessageperiodend", {"trapperiodend"}},
        {"traphits", {"trapmessagecount"}},
        {"samplehelo", {"helo"}},
        {"samplemailfrom", {"mailfrom", "jmrp1sender"}},
        {"comments", {"comment"}},
    }};
    return fields;
}
/// The columns up to the complaint rate: those a row is worth nothing without, and the same in every form seen.
constexpr std::size_t sure_of_data = 8;

enum StatusColumn : std::size_t { first_ip, last_ip, blocked, details };
const std::array<Field, 4>& status_fields() {
    static const std::array<Field, 4> fields = {{
        {"firstip", {"beginningipaddress", "beginip", "startip", "ipaddress"}},
        {"lastip", {"endingipaddress", "endip"}},
        {"blocked", {"isblocked"}},
        {"details", {"reason", "comments"}},
    }};
    return fields;
}

/// Throws the reason why a row is refused.
[[noreturn]] void refuse(std::string_view what, const std::string& text) {
    throw std::string(what) + " '" + text + "'";
}

domain::Ip read_ip(std::string_view what, const std::string& text, bool v4_only) {
    const auto ip = domain::parse_ip(text);
    if (!ip || (v4_only && !ip->is_v4()))
        refuse(what, text);
    return *ip;
}

std::int64_t read_count(std::string_view what, const std::string& text) {
    const auto count = util::parse_unsigned(text);
    if (!count || *count > 1'000'000'000'000)
        refuse(what, text);
    return static_cast<std::int64_t>(*count);
}

/// "START", or "START - END" where both stand in one column.
void read_period(const std::string& start, const std::string& end, util::Seconds zone, domain::SndsDay& row) {
    std::string_view first = start;
    std::string_view last = end;
    if (const auto dash = start.find(" - "); end.empty() && dash != std::string::npos) {
        first = std::string_view(start).substr(0, dash);
        last = std::string_view(start).substr(dash + 3);
    }
    const auto begins = parse_us_time(first, zone);
    const auto ends = last.empty() ? begins : parse_us_time(last, zone);
    if (!begins || !ends || *ends < *begins)
        refuse("a period from '" + start + "' to", end);
    row.period_start = *begins;
    row.period_end = *ends;
}

domain::SndsDay read_day(const std::vector<std::string>& texts, const DataRules& rules) {
    domain::SndsDay row;
    row.ip = read_ip("the IP address", texts[ip], true);
    read_period(texts[period_start], texts[period_end], rules.zone, row);
    row.day = rules.asked_for.value_or(util::day_of(row.period_start + day_zone));
    row.rcpt_commands = read_count("the number of RCPT commands", texts[rcpt_commands]);
    row.data_commands = read_count("the number of DATA commands", texts[data_commands]);
    row.message_recipients = read_count("the number of recipients", texts[message_recipients]);
    const auto result = domain::from_text<domain::FilterResult>(util::lower(texts[filter_result]));
    if (!result)
        refuse("the filter result", texts[filter_result]);
    row.filter_result = *result;
    row.complaint_rate = parse_rate(texts[complaint_rate]);
    if (!texts[trap_hits].empty())
        row.trap_hits = read_count("the number of trap hits", texts[trap_hits]);
    row.sample_helo = texts[sample_helo];
    row.sample_mail_from = texts[sample_mail_from];
    row.comments = texts[comments];
    return row;
}

bool read_blocked(const std::string& text) {
    for (const auto& [word, value] : {std::pair{"yes", true}, {"true", true}, {"no", false}, {"false", false}})
        if (util::equal_ignoring_case(text, word))
            return value;
    refuse("neither blocked nor not:", text);
}

domain::SndsStatus read_status(const std::vector<std::string>& texts) {
    domain::SndsStatus row;
    row.first = read_ip("the first IP address", texts[first_ip], false);
    row.last = texts[last_ip].empty() ? row.first : read_ip("the last IP address", texts[last_ip], false);
    if (row.last < row.first || row.first.is_v4() != row.last.is_v4())
        refuse("a range from '" + texts[first_ip] + "' to", texts[last_ip]);
    row.blocked = read_blocked(texts[blocked]);
    row.details = texts[details];
    return row;
}

template <typename Row, typename Read>
Answer<Row> read_rows(TextTable table, const Read& read) {
    Answer<Row> out{table.shape, {}, std::move(table.refused), table.drifted};
    for (TextRow& row : table.rows) {
        try {
            out.rows.push_back(read(row.texts));
        } catch (std::string& reason) {
            out.refused.push_back({row.line, std::move(reason), std::move(row.raw)});
        }
    }
    // Not one row of many that could be read: this is another kind of text.
    if (out.rows.empty() && !out.refused.empty())
        out.shape = Shape::unknown;
    std::sort(out.refused.begin(), out.refused.end(),
              [](const Refused& a, const Refused& b) { return a.line < b.line; });
    return out;
}

/// "0.3" or "0,3".
std::optional<double> read_percent(std::string_view text) {
    text = util::trim(text);
    if (!text.ends_with('%'))
        return std::nullopt;
    std::string number(util::trim(text.substr(0, text.size() - 1)));
    std::replace(number.begin(), number.end(), ',', '.');
    double value = 0;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != number.data() + number.size() || !(value >= 0) || value > 1e6)
        return std::nullopt;
    return value;
}

} // namespace

std::optional<domain::RateBounds> parse_rate(std::string_view text) {
    text = util::trim(text);
    if (text.starts_with('<') && !text.starts_with("<=")) {
        const auto bound = read_percent(text.substr(1));
        return bound ? std::optional(domain::RateBounds{0, *bound}) : std::nullopt;
    }
    if (const auto dash = text.find('-'); dash != std::string_view::npos) {
        std::string_view above = util::trim(text.substr(dash + 1));
        if (above.starts_with('<'))
            above.remove_prefix(1);
        const auto lower = read_percent(text.substr(0, dash));
        const auto upper = read_percent(above);
        return lower && upper && *lower <= *upper ? std::optional(domain::RateBounds{*lower, *upper}) : std::nullopt;
    }
    const auto value = read_percent(text);
    return value ? std::optional(domain::RateBounds{*value, *value}) : std::nullopt;
}

std::optional<util::Seconds> parse_us_time(std::string_view text, util::Seconds zone) {
    const std::vector<std::string_view> words = util::split(util::trim(text), ' ');
    if (words.size() != 3)
        return std::nullopt;
    const std::vector<std::string_view> date = util::split(words[0], '/');
    std::vector<std::string_view> clock = util::split(words[1], ':');
    if (date.size() != 3 || clock.size() < 2 || clock.size() > 3)
        return std::nullopt;
    clock.resize(3, "0");
    std::array<unsigned, 6> number{};
    std::size_t i = 0;
    for (const auto& part : {date[0], date[1], date[2], clock[0], clock[1], clock[2]}) {
        const auto value = util::parse_unsigned(part);
        if (!value || *value > 9999)
            return std::nullopt;
        number[i++] = static_cast<unsigned>(*value);
    }
    const auto [month, day, year, hours, minutes, seconds] = number;
    const bool after_noon = util::equal_ignoring_case(words[2], "PM");
    const std::chrono::year_month_day calendar{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                                               std::chrono::day{day}};
    if (!calendar.ok() || year < 2000 || hours < 1 || hours > 12 || minutes > 59 || seconds > 59 ||
        (!after_noon && !util::equal_ignoring_case(words[2], "AM")))
        return std::nullopt;
    const util::Seconds days = std::chrono::sys_days(calendar).time_since_epoch().count();
    return days * 24 * hour + (hours % 12 + (after_noon ? 12 : 0)) * hour + minutes * 60 + seconds - zone;
}

Answer<domain::SndsDay> parse_data(std::string_view text, const DataRules& rules) {
    return read_rows<domain::SndsDay>(read_table(text, data_fields(), sure_of_data),
                                      [&](const std::vector<std::string>& texts) { return read_day(texts, rules); });
}

Answer<domain::SndsStatus> parse_status(std::string_view text) {
    return read_rows<domain::SndsStatus>(read_table(text, status_fields(), 3), read_status);
}

} // namespace jmrp::snds
