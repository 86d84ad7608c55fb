// [gate]: when a delisting request is safe.
#include "cli/config_rows.hpp"

namespace jmrp::cli {

Rows<reputation::GatePolicy> gate_rows() {
    using Policy = reputation::GatePolicy;
    constexpr int most_hours = 8760;
    constexpr int most_days = 365;
    constexpr int most_count = 1'000'000'000;
    constexpr double percent = 100;
    const auto hours = [](const char* name, const char* comment, int Policy::*member) {
        return number_row(name, comment, 0, most_hours, member);
    };
    const auto days = [](const char* name, const char* comment, int Policy::*member) {
        return number_row(name, comment, 1, most_days, member);
    };
    return {
        hours("block_fresh_hours", "the newest block refusal is as new as that", &Policy::block_fresh_hours),
        hours("pause_hours", "S3150 often ends by itself: nothing is sent for so long, then it is looked at again",
              &Policy::pause_hours),
        hours("throttled_hours", "after so long at a low rate a person may ask about delays", &Policy::throttled_hours),
        decimal_row("throttled_per_minute", "what a low rate is, in mails a minute", 0, 1'000'000,
                    &Policy::throttled_per_minute),
        hours("dns_fresh_hours", "what the DNS says is as new as that", &Policy::dns_fresh_hours),
        hours("spamhaus_hours", "after Spamhaus took a listing away", &Policy::spamhaus_hours),
        number_row("incident_addresses", "so many of your addresses hit at once, and half of all: perhaps their fault",
                   2, 1'000'000, &Policy::incident_addresses),
        hours("incident_hours", "such an incident is given so long to end", &Policy::incident_hours),
        hours("clean_hours", "after the repair", &Policy::clean_hours),
        decimal_row("leak_complaint_percent",
                    "of suppressed people who get mail in spite of it, so many complain in a week: where fewer than "
                    "five complaints would have come, silence says nothing",
                    0, percent, &Policy::leak_complaint_percent),
        decimal_row("unnamed_percent", "more reports of which nobody knows who complained are for a person", 0, percent,
                    &Policy::unnamed_percent),
        days("window_days", "the rate before the block is that of so many days with mail", &Policy::window_days),
        days("newest_days", "the rate since the repair, doubled while they hold too little", &Policy::newest_days),
        days("longest_window_days", "but of no more days than that", &Policy::longest_window_days),
        days("fresh_days", "the newest mail that a rate is taken of", &Policy::fresh_days),
        days("least_days", "with mail: one day's rate is no habit", &Policy::least_days),
        decimal_row("unlikely_percent", "a rise since before the block that chance explains less often is one", 0,
                    percent, &Policy::unlikely, percent),
        number_row("least_mails", "fewer mails are judged by counts", 1, most_count, &Policy::least_mails),
        decimal_row("pass_percent", "complaints of the accepted mail: up to that it passes", 0, percent,
                    &Policy::pass_percent),
        decimal_row("refuse_percent", "above that it does not, nor where the upper bound is; between, a person decides",
                    0, percent, &Policy::refuse_percent),
        decimal_row("level", "percent: how sure each bound is", 50, 99.9999, &Policy::level, percent),
        decimal_row("least_forwarded_percent",
                    "of the complaints reach you at least, where SNDS and trials do not tell", 0.1, percent,
                    &Policy::least_forwarded, percent),
        number_row("trials", "mails of your own moved to Junk, after which no more are asked for", 0, 100'000,
                   &Policy::trials),
        hours("feed_hours", "a report is as new as that", &Policy::feed_hours),
        hours("feed_after_hours", "and came so long after the repair", &Policy::feed_after_hours),
        hours("cool_down_hours", "after a verdict; doubled by each refusal after the first", &Policy::cool_down_hours),
        days("longest_cool_down_days", "but no longer than that", &Policy::longest_cool_down_days),
        number_row("mitigations", "more of them in mitigation_days are for a person", 0, 1000, &Policy::mitigations),
        days("mitigation_days", "in so many days", &Policy::mitigation_days),
    };
}

} // namespace jmrp::cli
