#pragma once
// Is it still working? Rules over counts, one row of a table each; every rule speaks, met or not, with its evidence.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/consumer.hpp"
#include "domain/inflow.hpp"
#include "domain/leak.hpp"
#include "domain/names.hpp"
#include "reputation/proportions.hpp"

namespace jmrp::reputation {

/// In the order and with the numbers of monitoring plugins.
enum class Level { ok = 0, warning = 1, critical = 2, unknown = 3 };

/// From where on a value is a warning, and from where on critical.
struct Bounds {
    double warning = 0;
    double critical = 0;
};

struct Thresholds {
    /// Percent of what the share of attributed complaints was before. A fall below it speaks only where chance explains it once
    /// in a thousand times or less, see chance_of_so_few().
    Bounds share{90, 50};
    Bounds silence{100, 200}; ///< percent of a feed's habit: its longest pause and an average one together
    Bounds tokens{10, 50};    ///< percent of the reports with a token in which none opened
    Bounds unsettled{15, 60}; ///< minutes since the oldest was received
    Bounds quarantine{1, 50}; ///< messages
    Bounds held{24, 168};     ///< hours since the oldest was received
    Bounds exports{60, 1440}; ///< minutes since the oldest change that a consumer of the list has not got
    Bounds poll{60, 720};     ///< minutes since a mailbox was polled
    Bounds leaks{1, 10};      ///< complaints about mail that went to somebody who was exported as suppressed
};

struct Observed {
    std::vector<domain::FeedDay> days; ///< any order; 400 days are enough
    domain::Backlog backlog;
    std::vector<domain::ConsumerLag> exports; ///< of every consumer
    std::vector<domain::PolledFeed> mailboxes;
    domain::LeakCount leaks; ///< of complaints received in the last leak_days days
    util::Seconds now = 0;
};

inline constexpr int leak_days = 7; ///< `check` looks back so far

/// One number for a graph.
struct Figure {
    std::string label; ///< may hold the name of a feed
    double value = 0;
    std::string unit; ///< "%", "s" or "", as plugins write them
    std::optional<Bounds> bounds;
};

struct Finding {
    Level level = Level::ok;
    std::string
        rule; ///< "share", "silence", "tokens", "unsettled", "quarantine", "held", "pace", "poll", "exports", "leaks"
    std::string feed; ///< empty: about all
    std::string sentence;
    std::vector<Figure> figures;
};

/// In order of the rules. Pure.
std::vector<Finding> judge_health(const Observed& observed, const Thresholds& thresholds);

/// Critical, else warning, else unknown, else ok.
Level worst(const std::vector<Finding>& findings) noexcept;

/// Of the complaints of a feed that were received from `first` to `last`, those attributed.
Proportion attributed_share(const std::vector<domain::FeedDay>& days, std::string_view feed, util::Day first,
                            util::Day last);

} // namespace jmrp::reputation

namespace jmrp::domain {
template <>
struct Names<reputation::Level> {
    using Level = reputation::Level;
    static constexpr std::pair<Level, std::string_view> table[] = {
        {Level::ok, "ok"}, {Level::warning, "warning"}, {Level::critical, "critical"}, {Level::unknown, "unknown"}};
};
} // namespace jmrp::domain
