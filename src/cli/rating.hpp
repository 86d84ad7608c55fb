#pragma once
// The rates that somebody asks for, from what the store has.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "domain/names.hpp"
#include "reputation/rates.hpp"
#include "store/store.hpp"

namespace jmrp::cli {

struct RateGrounds {
    std::vector<reputation::RateSubject> subjects; ///< in order of name
    reputation::RateGround ground;
};

/// Everything counted from the first day on up to today, as of one moment; of one name, where one is given.
RateGrounds gather_rates(store::Store& store, const Config& config, domain::TrafficBy by, util::Day first_day,
                         util::Seconds now, const std::optional<std::string>& name = std::nullopt);

/// `rate`: the highest one that is proven first (the lower end of its interval), unknown ones last.
enum class RateSort { rate, complaints, accepted, name };

struct RateQuestion {
    domain::TrafficBy per = domain::TrafficBy::source_ip;
    std::optional<std::string> name;       ///< as the store has it
    std::vector<reputation::Days> windows; ///< not empty; the first one sorts and filters
    reputation::RateRules rules;
    RateSort sort = RateSort::rate;
    std::int64_t least_accepted = 0;
    std::size_t most_names = 0;
    bool per_day = false; ///< each day of the longest window is wanted
};

struct RateAnswer {
    struct Row {
        std::string name;
        std::vector<reputation::Rate> rates; ///< one a window
        /// Of the longest window: the last 30, or those of which anything was counted where all are wanted.
        std::vector<reputation::RateDay> days;
    };
    std::vector<Row> rows; ///< sorted; without names of which nothing was counted in any of the windows
    std::size_t names = 0; ///< before the first N were taken
    Row all;               ///< everything together
    reputation::RateGround ground;
    std::vector<bool> lived; ///< one a window: reputation::feeds_lived()
};

/// Whether the accepted mail of a name is known: a day on which others sent tells nothing about one that no log names.
bool is_accepted_known(const reputation::Rate& rate);

RateAnswer answer_rates(store::Store& store, const Config& config, const RateQuestion& question, util::Seconds now);

} // namespace jmrp::cli

namespace jmrp::domain {
template <>
struct Names<cli::RateSort> {
    using Sort = cli::RateSort;
    static constexpr std::pair<Sort, std::string_view> table[] = {
        {Sort::rate, "rate"}, {Sort::complaints, "complaints"}, {Sort::accepted, "accepted"}, {Sort::name, "name"}};
};
} // namespace jmrp::domain
