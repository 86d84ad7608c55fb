// [rates]: what complaints are a share of, how sure to be, and when it is too much.
#include "cli/config_rows.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using reputation::Bounds;
using reputation::RateAlarms;
using reputation::RateRules;

std::string read_provider(const std::string& text) {
    if (text.empty())
        throw std::string("a provider has a name, such as \"outlook.com\"");
    return util::lower(text);
}

std::string read_feed(const std::string& text) {
    if (!domain::is_feed_name(text))
        throw toml_text(text) + " is no name of a feed";
    return text;
}

const Form<std::string> provider{read_provider, any_text.write};
const Form<std::string> feed_name{read_feed, any_text.write};

Row<RateAlarms> bound_row(const char* name, const char* comment, double most, Bounds RateAlarms::*bounds,
                          double Bounds::*bound) {
    return {name, comment,
            [=](RateAlarms& alarms, const toml::node& node) { alarms.*bounds.*bound = decimal_of(node, 0, most); },
            [=](const RateAlarms& alarms) { return decimal_text(alarms.*bounds.*bound); }};
}

} // namespace

Rows<RateRules> rate_rows() {
    constexpr double least_level = 50;
    constexpr double most_level = 99.9999;
    return {
        list_row("providers", "whose accepted mail complaints are a share of", &RateRules::providers, provider),
        list_row("feeds",
                 "feeds whose reports show that complaints would come: without a sign of them, no complaints prove "
                 "nothing; empty: all",
                 &RateRules::feeds, feed_name),
        decimal_row("level", "percent: how sure the interval around a rate is", least_level, most_level,
                    &RateRules::level),
        names_row("method", "of intervals: \"clopper-pearson\", which is exact, or \"jeffreys\", which is shorter",
                  &RateRules::method),
        decimal_row("trend_level", "percent: a rate is told to rise or fall where that is at least so sure",
                    least_level, most_level, &RateRules::trend_level),
    };
}

Rows<RateAlarms> rate_alarm_rows() {
    constexpr int most_days = 90;
    constexpr int most_messages = 1'000'000'000;
    constexpr double most_rise = 1'000'000;
    return {
        number_row("short_days", "jmrp check: a rate is too high where it still is in so many days, and today", 1,
                   most_days, &RateAlarms::short_days),
        number_row("long_days", "and where the whole interval of so many days is above", 1, most_days,
                   &RateAlarms::long_days),
        number_row("least_accepted", "and so much mail was accepted in them", 1, most_messages,
                   &RateAlarms::least_accepted),
        number_row("least_complaints", "and there were so many complaints", 1, most_messages,
                   &RateAlarms::least_complaints),
        bound_row("warning_rate", "percent of the accepted mail", 100, &RateAlarms::rate, &Bounds::warning),
        bound_row("critical_rate", "critical where it is more than this", 100, &RateAlarms::rate, &Bounds::critical),
        bound_row("warning_rise", "jmrp check: a rate is so many percent of the one before, and not by chance",
                  most_rise, &RateAlarms::rise, &Bounds::warning),
        bound_row("critical_rise", "critical where it is so much", most_rise, &RateAlarms::rise, &Bounds::critical),
    };
}

} // namespace jmrp::cli
