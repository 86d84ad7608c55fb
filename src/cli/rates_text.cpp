#include "cli/rates_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "cli/output.hpp"
#include "cli/sparkline.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::to_text;
using domain::TrafficBy;
using reputation::Complaints;
using reputation::CountedDay;
using reputation::Days;
using reputation::Gap;
using reputation::Rate;

std::string joined(const std::vector<std::string>& texts, const char* between) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : between) + text;
    return out;
}

std::string span_of(const Days& days) {
    return days.first == days.last ? util::iso_day(days.first)
                                   : util::iso_day(days.first) + " to " + util::iso_day(days.last);
}

std::string shown_name(const std::string& name) {
    return name.empty() ? "unknown" : name;
}

std::string interval_text(const Rate& rate) {
    return percent_digits(100 * rate.interval.lower) + " to " + percent_digits(100 * rate.interval.upper);
}

std::string trend_text(const reputation::Trend& trend) {
    return trend.course == reputation::Course::no_proof ? "no proof" : std::string(to_text(trend.course));
}

std::string snds_text(const Rate& rate) {
    if (!rate.snds || rate.snds->days_with_rows == 0)
        return "no data";
    const reputation::SndsSummary& snds = *rate.snds;
    std::string out(to_text(*snds.worst));
    if (snds.rate)
        out += snds.rate->lower == snds.rate->upper ? " " + percent_digits(snds.rate->upper) + " %"
               : snds.rate->lower == 0
                   ? " <" + percent_digits(snds.rate->upper) + " %"
                   : " " + percent_digits(snds.rate->lower) + " to " + percent_digits(snds.rate->upper) + " %";
    return out + " (" + std::to_string(snds.days_with_rows) + " of " + std::to_string(rate.days.count()) + " days)";
}

/// Percent of each day, by the day that counts.
std::vector<std::optional<double>> percents_of(const std::vector<reputation::RateDay>& days, CountedDay by) {
    std::vector<std::optional<double>> out;
    for (const reputation::RateDay& day : days) {
        const Complaints& counts = by == CountedDay::arrival ? day.arrived : day.reported;
        out.push_back(reputation::percent({counts.complaints, day.accepted.value_or(0)}));
    }
    return out;
}

Tone tone_of(const Rate& rate, const reputation::Bounds& bounds) {
    const double lower = rate.gap ? 0 : 100 * rate.interval.lower;
    return lower > bounds.critical ? Tone::critical : lower > bounds.warning ? Tone::warning : Tone::plain;
}

class Printer {
  public:
    Printer(const RateQuestion& question, const RateAnswer& answer, const reputation::RateAlarms& alarms)
        : question_(question), answer_(answer), alarms_(alarms) {}

    void print() const {
        if (answer_.names == 0) {
            print_line("No complaints, and no accepted mail, is known from " + span_of(question_.windows.front()) +
                       ". That is no proof of a clean " + kind() + ": 'jmrp status' tells when the last report came.");
            return;
        }
        print_head();
        print_table();
        if (question_.per_day)
            print_days();
        print_gaps();
        print_notes();
    }

  private:
    std::string kind() const {
        return question_.per == TrafficBy::source_ip ? "source IP" : std::string(to_text(question_.per));
    }
    bool has_many_windows() const { return question_.windows.size() > 1; }
    bool has_snds() const {
        return std::ranges::any_of(answer_.rows,
                                   [](const RateAnswer::Row& row) { return row.rates.front().snds.has_value(); });
    }

    void print_head() const {
        std::vector<std::string> spans;
        for (const Days& days : question_.windows)
            spans.push_back(span_of(days));
        print_line("Complaints of mail that " + util::for_terminal(joined(question_.rules.providers, ", ")) +
                   " accepted, " + joined(spans, "; ") + " (UTC), by the day " +
                   (question_.rules.by == CountedDay::arrival ? "the mail arrived" : "the report came"));
    }

    void print_table() const {
        const bool snds = has_snds();
        char level[32];
        std::snprintf(level, sizeof level, "%g %% interval", question_.rules.level);
        std::vector<std::string> headers = {kind()};
        if (has_many_windows())
            headers.emplace_back(">days");
        for (const std::string& header :
             {std::string(">rate"), std::string(level), std::string("trend"), std::string(">complaints"),
              std::string(">reported"), std::string(">accepted")})
            headers.push_back(header);
        if (snds)
            headers.emplace_back("SNDS");
        if (!has_many_windows())
            headers.emplace_back("day by day");
        Table table(std::move(headers));
        for (const RateAnswer::Row& row : answer_.rows)
            add(table, row, snds);
        if (answer_.names > 1)
            add(table, answer_.all, snds);
        table.print();
    }

    void add(Table& table, const RateAnswer::Row& row, bool snds) const {
        for (const Rate& rate : row.rates) {
            std::vector<std::string> cells = {shown_name(row.name)};
            if (has_many_windows())
                cells.push_back(std::to_string(rate.days.count()));
            cells.push_back(rate.gap ? "unknown" : percent_digits(*reputation::percent(rate.of)) + " %");
            cells.push_back(rate.gap ? "" : interval_text(rate));
            cells.push_back(trend_text(rate.trend));
            cells.push_back(grouped(rate.arrived.complaints));
            cells.push_back(grouped(rate.reported.complaints));
            cells.push_back(is_accepted_known(rate) ? grouped(rate.accepted) : "unknown");
            if (snds)
                cells.push_back(&row == &answer_.all ? "" : snds_text(rate));
            if (!has_many_windows())
                cells.push_back(sparkline(percents_of(row.days, question_.rules.by), shows_unicode()));
            table.add(std::move(cells), tone_of(rate, alarms_.rate));
        }
    }

    void print_days() const {
        print_line("");
        Table table(
            {kind(), "day", ">rate", ">complaints", ">reported", ">accepted", ">recipient known", ">unverified"});
        for (const RateAnswer::Row& row : answer_.rows)
            for (const reputation::RateDay& day : row.days) {
                const Complaints& counts = question_.rules.by == CountedDay::arrival ? day.arrived : day.reported;
                const auto percent = reputation::percent({counts.complaints, day.accepted.value_or(0)});
                table.add({shown_name(row.name), util::iso_day(day.day),
                           percent ? percent_digits(*percent) + " %" : "unknown", grouped(day.arrived.complaints),
                           grouped(day.reported.complaints), day.accepted ? grouped(*day.accepted) : "unknown",
                           grouped(counts.attributed), grouped(counts.unverified)});
            }
        table.print();
    }

    /// One sentence a reason, with the first names that it is about.
    void print_gaps() const {
        constexpr std::size_t most_named = 3;
        std::map<Gap, std::vector<std::string>> names;
        for (const RateAnswer::Row& row : answer_.rows)
            if (const auto gap = row.rates.front().gap)
                names[*gap].push_back(util::for_terminal(shown_name(row.name)));
        if (names.empty())
            return;
        print_line("");
        for (auto& [gap, about] : names) {
            const std::size_t count = about.size();
            about.resize(std::min(count, most_named));
            std::string told = joined(about, ", ");
            if (count > most_named)
                told += " and " + grouped(static_cast<std::int64_t>(count - most_named)) + " more";
            print_line("unknown for " + told + ": " + reputation::explain(gap, question_.per));
        }
    }

    void print_notes() const {
        const Rate& all = answer_.all.rates.front();
        const Complaints& counts = question_.rules.by == CountedDay::arrival ? all.arrived : all.reported;
        std::vector<std::string> notes;
        if (all.logged_days > 0 && all.logged_days < all.days.count())
            notes.push_back("What was accepted is known of " + std::to_string(all.logged_days) + " of the " +
                            std::to_string(all.days.count()) + " days.");
        if (all.left_out > 0 && all.logged_days > 0)
            notes.push_back("In no rate, because nothing tells of how much mail: " + grouped(all.left_out) + " of " +
                            grouped(counts.complaints) + " complaints.");
        if (counts.unverified > 0)
            notes.push_back(grouped(counts.unverified) + " of " + grouped(counts.reports) +
                            " reports are unverified: nothing proves that the provider sent them.");
        if (!answer_.lived.front())
            notes.emplace_back("No report came in these days, and nothing shows that any would have: 'jmrp check'.");
        if (answer_.rows.size() < answer_.names)
            notes.push_back(grouped(static_cast<std::int64_t>(answer_.names - answer_.rows.size())) +
                            " more are not shown.");
        add_snds_notes(notes);
        for (const std::string& note : notes)
            print_line(note);
    }

    void add_snds_notes(std::vector<std::string>& notes) const {
        for (const RateAnswer::Row& row : answer_.rows) {
            const auto& snds = row.rates.front().snds;
            if (!snds || snds->days_with_rows == 0)
                continue;
            notes.push_back("SNDS count the complaints of a day and its mail, from " + short_time(snds->first_start) +
                            " to " + short_time(snds->last_end) + ".");
            return;
        }
    }

    const RateQuestion& question_;
    const RateAnswer& answer_;
    const reputation::RateAlarms& alarms_;
};

} // namespace

std::string percent_digits(double percent) {
    char text[64];
    const int decimals = percent > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(percent))), 0, 8) : 0;
    std::snprintf(text, sizeof text, "%.*f", decimals, percent);
    return text;
}

void print_rates(const RateQuestion& question, const RateAnswer& answer, const reputation::RateAlarms& alarms) {
    Printer(question, answer, alarms).print();
}

} // namespace jmrp::cli
