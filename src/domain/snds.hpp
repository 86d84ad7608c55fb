#pragma once
// What Microsoft's Smart Network Data Services say of an address: a row a day, and ranges whose standing is not normal.
#include <cstdint>
#include <optional>
#include <string>

#include "domain/ip.hpp"
#include "domain/names.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// Of the messages less than 10 %, 10 to 90 %, more than 90 % were judged to be spam.
enum class FilterResult { green, yellow, red };
template <>
struct Names<FilterResult> {
    static constexpr std::pair<FilterResult, std::string_view> table[] = {
        {FilterResult::green, "green"}, {FilterResult::yellow, "yellow"}, {FilterResult::red, "red"}};
};

/// Percent. "< 0.1%" is 0 to 0.1 and never a number in between; "0.3%" is 0.3 to 0.3. More than 100 is possible: complaints
/// count on the day they are made, mails on the day they are sent.
struct RateBounds {
    double lower = 0;
    double upper = 0;
    friend bool operator==(const RateBounds&, const RateBounds&) = default;
};

struct SndsDay {
    Ip ip;
    util::Day day = 0; ///< the day asked for; without one, that of the period's start at UTC-8
    util::Seconds period_start = 0;
    util::Seconds period_end = 0;
    std::int64_t rcpt_commands = 0;
    std::int64_t data_commands = 0;
    std::int64_t message_recipients = 0; ///< the complaint rate is a share of these
    FilterResult filter_result = FilterResult::green;
    std::optional<RateBounds> complaint_rate; ///< nothing: the row does not tell it
    std::optional<std::int64_t> trap_hits;    ///< not told since July 2026
    std::string sample_helo;
    std::string sample_mail_from; ///< an address, or "@domain"
    std::string comments;
};

/// A range whose standing is not normal; both ends belong to it.
struct SndsStatus {
    Ip first;
    Ip last;
    bool blocked = false; ///< false: to the junk folder
    std::string details;
};

} // namespace jmrp::domain
