#pragma once
// What Microsoft's Smart Network Data Services say of an address: a row a day, and ranges whose standing is not normal.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
    bool disputed = false; ///< two sources tell this day, and not the same; this is the worse of the two
};

/// A range whose standing is not normal; both ends belong to it.
struct SndsStatus {
    Ip first;
    Ip last;
    bool blocked = false; ///< false: to the junk folder
    std::string details;
};

/// What is asked for.
enum class SndsKind { data, status, sign_in };
template <>
struct Names<SndsKind> {
    static constexpr std::pair<SndsKind, std::string_view> table[] = {
        {SndsKind::data, "data"}, {SndsKind::status, "status"}, {SndsKind::sign_in, "sign-in"}};
};

/// What came of a question. No data is an answer (404, or nothing): under 100 messages that day, or not yet published.
enum class SndsOutcome { rows, no_data, failed };
template <>
struct Names<SndsOutcome> {
    static constexpr std::pair<SndsOutcome, std::string_view> table[] = {
        {SndsOutcome::rows, "rows"}, {SndsOutcome::no_data, "no-data"}, {SndsOutcome::failed, "failed"}};
};

/// One question and what came of it, to be kept.
struct SndsAnswer {
    std::string source; ///< "rest", "data-link", "status-link", "import"
    SndsKind kind = SndsKind::data;
    std::string form; ///< of a link, a digest: another one is another link, and its age begins anew; empty: not known
    std::optional<util::Day> day; ///< the day asked for; nothing: the question names none
    util::Seconds zone = 0;       ///< of the dates in `raw`, seconds east of UTC
    util::Seconds at = 0;
    SndsOutcome outcome = SndsOutcome::failed;
    std::string why;                ///< it failed, for people; without secrets
    bool needs_person = false;      ///< it failed, and asking again does not help
    std::optional<std::string> raw; ///< as it came; nothing: it is not worth keeping, or there was none
    std::vector<SndsDay> days;
    std::vector<SndsStatus> ranges; ///< all that are not normal: others are
    std::int64_t refused = 0;       ///< rows that could not be read
    std::string first_refused;      ///< "line 3: the filter result 'BLUE'"; holds text from outside
    bool drifted = false;           ///< another form than this program was written for
};

/// What is known of a day without rows, or with them.
struct SndsAsked {
    SndsOutcome outcome = SndsOutcome::failed; ///< the best that came of it: rows, else no data, else failed
    util::Seconds at = 0;                      ///< when it was asked last
    std::string why;                           ///< it failed
};

/// The ranges that are not normal, as the newest answers tell. What they do not name is normal, if there was an answer.
struct SndsStanding {
    std::optional<util::Seconds> at; ///< of the newest answer; nothing: there was none
    std::vector<SndsStatus> ranges;
};

/// How a source does.
struct SndsSource {
    std::string source;
    SndsKind kind = SndsKind::data;
    util::Seconds first_used = 0; ///< of this link
    util::Seconds last_tried = 0;
    std::optional<util::Seconds> last_ok;
    int failures = 0; ///< since the last success
    std::string last_error;
    bool needs_person = false; ///< the last failure was of that kind
};

/// An answer that was not what this program was written for, or not in all of its rows.
struct SndsDeviation {
    std::string source;
    SndsKind kind = SndsKind::data;
    std::optional<util::Day> day;
    util::Seconds at = 0;
    bool drifted = false;
    std::int64_t refused = 0;
    std::string first_refused;
};

} // namespace jmrp::domain
