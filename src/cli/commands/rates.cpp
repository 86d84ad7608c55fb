#include <algorithm>
#include <charconv>

#include "cli/commands/commands.hpp"
#include "cli/rates_json.hpp"
#include "cli/rates_text.hpp"
#include "cli/rating.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::TrafficBy;
using util::Fault;
using util::FaultKind;

constexpr Option options[] = {
    {"per", "KIND", "'ip' (the default), 'domain', 'list' or 'campaign'"},
    {"days", "N[,N...]", "the last N days, today included; else 7, and 1, 7 and 30 of a name or in JSON"},
    {"from", "DAY", "in place of --days: from this day on, 2026-11-22"},
    {"to", "DAY", "up to this day"},
    {"by", "DAY", "'arrival' (the day the reported mail arrived, the default) or 'report' (the day the report came)"},
    {"provider", "NAME[,NAME...]", "whose accepted mail complaints are a share of"},
    {"level", "PERCENT", "how sure the interval is (95)"},
    {"method", "NAME", "of the interval: 'clopper-pearson' or 'jeffreys'"},
    {"sort", "KEY", "'rate' (worst first, the default), 'complaints', 'accepted' or 'name'"},
    {"min", "N", "only names with so much accepted mail"},
    {"top", "N", "only the first N"},
    {"daily", nullptr, "a line for each day as well"},
    json_option,
};

[[noreturn]] void refuse(const std::string& why) {
    throw Fault(FaultKind::usage, "show the rates", why);
}

std::string shown(std::string_view text) {
    return "'" + util::for_terminal(text) + "'";
}

/// The value that an option names, or the usual one.
template <typename Enum>
Enum named(const Invocation& invocation, const char* option, Enum usual) {
    const auto text = invocation.value(option);
    if (!text)
        return usual;
    if (const auto value = domain::from_text<Enum>(*text))
        return *value;
    std::string all;
    for (const auto& [one, name] : domain::Names<Enum>::table)
        all += (all.empty() ? "'" : " or '") + std::string(name) + "'";
    refuse(std::string("--") + option + " takes " + all);
}

std::int64_t number(const Invocation& invocation, const char* option, std::int64_t usual) {
    const auto text = invocation.value(option);
    const auto value = util::parse_unsigned(text.value_or(std::to_string(usual)));
    constexpr std::uint64_t most = 1'000'000'000;
    if (!value || *value > most)
        refuse(std::string("--") + option + " takes a whole number");
    return static_cast<std::int64_t>(*value);
}

std::optional<util::Day> day(const Invocation& invocation, const char* option) {
    const auto text = invocation.value(option);
    if (!text)
        return std::nullopt;
    const auto value = util::parse_iso_day(*text);
    if (!value)
        refuse(std::string("--") + option + " takes a day such as 2026-11-22, not " + shown(*text));
    return value;
}

double level(const Invocation& invocation, double usual) {
    const auto text = invocation.value("level");
    if (!text)
        return usual;
    double value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size() || !(value >= 50 && value < 100))
        refuse("--level takes a number of percent from 50 to below 100");
    return value;
}

reputation::Days last_days(std::int64_t days, util::Day today) {
    return {today - static_cast<util::Day>(days) + 1, today};
}

std::vector<reputation::Days> windows(const Invocation& invocation, util::Day today, bool of_one_name) {
    constexpr util::Day most_days = 100'000;
    const auto from = day(invocation, "from");
    const auto to = day(invocation, "to");
    if (from || to) {
        if (invocation.has("days"))
            refuse("--days is for days up to today, and --from and --to for others");
        if (!from)
            refuse("--to goes with --from");
        const reputation::Days range{*from, to.value_or(today)};
        if (range.last < range.first || range.last > today || range.count() > most_days)
            refuse("--from is a day before --to, and neither is to come");
        return {range};
    }
    const char* usual = of_one_name || invocation.json() ? "1,7,30" : "7";
    std::vector<reputation::Days> out;
    const std::string text = invocation.value("days").value_or(usual);
    for (const std::string_view part : util::split(text, ',')) {
        const auto days = util::parse_unsigned(part);
        if (!days || *days < 1 || *days > most_days)
            refuse("--days takes whole numbers from 1, with commas between");
        out.push_back(last_days(static_cast<std::int64_t>(*days), today));
    }
    return out;
}

/// As the database has it.
std::string name_of(TrafficBy per, const std::string& text) {
    if (per == TrafficBy::source_ip) {
        const auto ip = domain::parse_ip(text);
        if (!ip)
            refuse(shown(text) + " is no IP address; a name goes with --per");
        return ip->text();
    }
    if (per == TrafficBy::campaign)
        return text;
    const auto scope = domain::parse_scope(std::string(to_text(per)) + ":" + text);
    if (!scope)
        refuse(shown(text) + " is no name of a " + std::string(to_text(per)));
    return scope->name;
}

RateQuestion question_of(const Invocation& invocation, util::Day today) {
    RateQuestion out;
    out.per = named(invocation, "per", TrafficBy::source_ip);
    if (invocation.arguments.size() > 1)
        refuse("one name can be asked for, or none");
    if (!invocation.arguments.empty())
        out.name = name_of(out.per, invocation.arguments.front());
    out.windows = windows(invocation, today, out.name.has_value());
    out.rules = invocation.config.rates;
    out.rules.by = named(invocation, "by", out.rules.by);
    out.rules.method = named(invocation, "method", out.rules.method);
    out.rules.level = level(invocation, out.rules.level);
    if (const auto providers = invocation.value("provider")) {
        out.rules.providers.clear();
        for (const std::string_view provider : util::split(*providers, ','))
            out.rules.providers.push_back(util::lower(provider));
    }
    out.sort = named(invocation, "sort", RateSort::rate);
    out.least_accepted = number(invocation, "min", 0);
    out.most_names = static_cast<std::size_t>(number(invocation, "top", 1'000'000'000));
    out.per_day = invocation.has("daily");
    return out;
}

ExitStatus run(const Invocation& invocation) {
    const util::Seconds now = util::now();
    const RateQuestion question = question_of(invocation, util::day_of(now));
    Config config = invocation.config;
    config.rates = question.rules;
    store::Store store = open_store(invocation);
    const RateAnswer answer = answer_rates(store, config, question, now);
    if (invocation.json())
        print_json(rates_json(question, answer));
    else
        print_rates(question, answer, config.rate_alarms);
    return ExitStatus::ok;
}

} // namespace

const Command rates_command{
    "rates",
    "[--per KIND] [--days N[,N...] | --from DAY [--to DAY]] [--by arrival|report] [--provider NAME] [--level PERCENT] "
    "[--method NAME] [--sort KEY] [--min N] [--top N] [--daily] [--json] [NAME]",
    "complaints of accepted mail: how many in a hundred, how sure, and is it rising",
    "jmrp rates 192.0.2.10 --days 1,7,30",
    options,
    run};

} // namespace jmrp::cli
