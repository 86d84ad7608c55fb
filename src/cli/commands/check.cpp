#include <algorithm>
#include <charconv>
#include <cmath>

#include "cli/blocks.hpp"
#include "cli/commands/commands.hpp"
#include "cli/delist/watch.hpp"
#include "cli/feeds.hpp"
#include "cli/leaks.hpp"
#include "cli/monitoring.hpp"
#include "cli/output.hpp"
#include "cli/rating.hpp"
#include "cli/snds.hpp"
#include "handover/run.hpp"
#include "reputation/health.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using reputation::Bounds;
using reputation::Finding;
using reputation::Thresholds;

constexpr Option options[] = {
    {"ignore-feed", "NAME[,NAME...]", "feeds that are given up or were read in once"},
    {"warning-share", "PERCENT", "the share of attributed complaints fell below that much of what it was (90)"},
    {"critical-share", "PERCENT", "(50)"},
    {"warning-silence", "PERCENT", "a feed is silent for longer than that much of its habit (100)"},
    {"critical-silence", "PERCENT", "(200)"},
    {"warning-tokens", "PERCENT", "of the reports with a token, in so many none opened (10)"},
    {"critical-tokens", "PERCENT", "(50)"},
    {"warning-unsettled", "MINUTES", "a message waits longer than that to be settled (15)"},
    {"critical-unsettled", "MINUTES", "(60)"},
    {"warning-held", "HOURS", "a report waits longer than that for a person (24)"},
    {"critical-held", "HOURS", "(168)"},
    {"warning-poll", "MINUTES", "the mailbox of a feed was not polled for longer than that (60)"},
    {"critical-poll", "MINUTES", "(720)"},
    {"warning-quarantine", "MESSAGES", "so many messages are in quarantine (1)"},
    {"critical-quarantine", "MESSAGES", "(50)"},
    {"warning-exports", "MINUTES", "a consumer lacks a change of the list for longer than that (60)"},
    {"critical-exports", "MINUTES", "(1440)"},
    {"warning-leaks", "COMPLAINTS", "so many of 7 days are about mail to people exported as suppressed (1)"},
    {"critical-leaks", "COMPLAINTS", "(10)"},
    {"warning-rate", "PERCENT", "complaints of the accepted mail of a source IP (0.1)"},
    {"critical-rate", "PERCENT", "(0.3)"},
    {"warning-rise", "PERCENT", "such a rate grew to that much of the one before, and not by chance (200)"},
    {"critical-rise", "PERCENT", "(500)"},
    json_option,
};

/// The last part of the options' names.
constexpr std::pair<const char*, Bounds Thresholds::*> threshold_names[] = {
    {"share", &Thresholds::share},         {"silence", &Thresholds::silence}, {"tokens", &Thresholds::tokens},
    {"unsettled", &Thresholds::unsettled}, {"held", &Thresholds::held},       {"quarantine", &Thresholds::quarantine},
    {"exports", &Thresholds::exports},     {"poll", &Thresholds::poll},       {"leaks", &Thresholds::leaks},
};

/// Those that are given take the place of what is there.
void read_bounds(const Invocation& invocation, const std::string& name, Bounds& bounds) {
    for (const auto& [prefix, bound] : {std::pair{"warning-", &Bounds::warning}, {"critical-", &Bounds::critical}}) {
        const auto text = invocation.value(prefix + name);
        if (!text)
            continue;
        double value = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(value) || value < 0)
            throw util::Fault(util::FaultKind::usage, std::string("read --") + prefix + name,
                              "'" + util::for_terminal(*text) + "' is no number");
        bounds.*bound = value;
    }
}

Thresholds thresholds_of(const Invocation& invocation) {
    Thresholds out;
    for (const auto& [name, bounds] : threshold_names)
        read_bounds(invocation, name, out.*bounds);
    return out;
}

reputation::RateAlarms rate_alarms_of(const Invocation& invocation) {
    reputation::RateAlarms out = invocation.config.rate_alarms;
    read_bounds(invocation, "rate", out.rate);
    read_bounds(invocation, "rise", out.rise);
    return out;
}

/// What was never told is older than this.
constexpr util::Day remembered_days = 400;

store::Store store_to_ask(const Invocation& invocation) {
    store::Options how = store_options(invocation);
    how.create = false;
    // A monitor gives a plugin ten seconds, and its own word is better than the monitor's.
    how.busy_timeout_ms = std::min(how.busy_timeout_ms, 5000);
    return store::Store(how);
}

reputation::Observed observe(const Invocation& invocation, store::Store& store, util::Seconds now) {
    reputation::Observed out;
    out.now = now;
    out.days = store.feed_days(util::day_of(out.now) - remembered_days);
    out.backlog = store.backlog();
    out.exports = handover::lags(store, invocation.config.exports, out.now);
    for_each_leak(store, invocation.config, reputation::leak_days, out.now,
                  [&](const domain::Leak& leak) { add_to(out.leaks, leak); });
    out.mailboxes = polled_feeds(invocation.config, store);
    if (const auto ignored = invocation.value("ignore-feed")) {
        const auto names = util::split(*ignored, ',');
        const auto is_ignored = [&](const auto& about) {
            return std::ranges::find(names, std::string_view(about.feed)) != names.end();
        };
        std::erase_if(out.days, is_ignored);
        std::erase_if(out.mailboxes, is_ignored);
    }
    return out;
}

std::vector<Finding> judge_rates_of(const Invocation& invocation, store::Store& store, util::Seconds now) {
    const reputation::RateAlarms alarms = rate_alarms_of(invocation);
    const RateGrounds grounds = gather_rates(store, invocation.config, domain::TrafficBy::source_ip,
                                             reputation::first_day_watched(alarms, util::day_of(now)), now);
    return judge_rates(watch(grounds.subjects, grounds.ground, invocation.config.rates, alarms), alarms);
}

ExitStatus run(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    const Thresholds thresholds = thresholds_of(invocation);
    store::Store store = store_to_ask(invocation);
    const util::Seconds now = util::now();
    std::vector<Finding> findings;
    for (const std::vector<Finding>& some :
         {judge_health(observe(invocation, store, now), thresholds), judge_rates_of(invocation, store, now),
          judge_blocks(observe_blocks(store, invocation.config, now), now),
          judge_snds(observe_snds(invocation.config, store, now), invocation.config.snds.alarms),
          watch_requests(store, now)})
        findings.insert(findings.end(), some.begin(), some.end());
    print_line(invocation.json() ? plugin_json(findings) : plugin_text(findings));
    return static_cast<ExitStatus>(worst(findings));
}

} // namespace

const Command check_command{"check",
                            "[--warning-NAME N] [--critical-NAME N] [--ignore-feed NAME] [--json]",
                            "is it still working? for Nagios, Icinga and the like: exit status 0 to 3",
                            "jmrp check --warning-held 48",
                            options,
                            run};

} // namespace jmrp::cli
