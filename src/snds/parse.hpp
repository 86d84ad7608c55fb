#pragma once
// What SNDS answers, or what somebody saved of it -> rows. CSV without a header is what the service sends (14 columns for days, 4
// for the standing of ranges, US dates); a header line and JSON are tolerated. Pure.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/snds.hpp"

namespace jmrp::snds {

/// A row that is not used: the rest is.
struct Refused {
    std::size_t line = 0; ///< from 1; in JSON the number of the object
    std::string reason;
    std::string raw;
};

enum class Shape { rows, empty, web_page, unknown };

template <typename Row>
struct Answer {
    Shape shape = Shape::empty;
    std::vector<Row> rows;
    std::vector<Refused> refused;
    bool drifted =
        false; ///< another number of columns than this was written for: read what is there, and tell a person
};

struct DataRules {
    /// Seconds east of UTC of the dates in the text. The service says UTC since 2026.
    util::Seconds zone = 0;
    std::optional<util::Day> asked_for; ///< the day in the request
};

Answer<domain::SndsDay> parse_data(std::string_view text, const DataRules& rules);
Answer<domain::SndsStatus> parse_status(std::string_view text);

/// "9/11/2026 8:00 AM": month, day, year, a clock of 12 hours. Nothing for a day or an hour that is none.
std::optional<util::Seconds> parse_us_time(std::string_view text, util::Seconds zone);
/// "< 0.1%", "0.3%", "0.1% - < 1%". Nothing for an empty text and for one that is no rate.
std::optional<domain::RateBounds> parse_rate(std::string_view text);

inline constexpr std::size_t most_bytes = std::size_t{4} << 20; ///< of one answer; what is longer is no answer of SNDS
inline constexpr std::size_t most_rows = 20'000;

} // namespace jmrp::snds
