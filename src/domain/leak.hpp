#pragma once
// Leaks: complaints about mail that was sent after its recipient was suppressed and whoever sends had the list.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/names.hpp"
#include "domain/scope.hpp"
#include "domain/suppression.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// A report that is settled within this time suppresses from its receipt on, else from its settling; so an export is sure of
/// those alone that were suppressed that long before it.
inline constexpr util::Seconds settled_in_time = 600;

/// A run of an export after which its target had the list.
struct ExportRun {
    std::string consumer;
    util::Seconds at = 0;           ///< the target confirmed
    util::Seconds covers_until = 0; ///< who was suppressed then is in it
    std::int64_t seq = 0;           ///< of the journal
    SuppressionFilter filter;       ///< what the consumer asked for
};

/// What suppressed somebody, or ended that.
struct SuppressionEvent {
    enum class Kind { report, add, remove }; ///< a bounce is a report here
    Kind kind = Kind::report;
    Scope scope;
    util::Seconds at = 0;                    ///< since then
    std::int64_t message_id = 0;             ///< of the report; of a decision: the newest message that was kept then
    Reason reason = Reason::manual;          ///< not of a removal
    std::optional<util::Seconds> expires_at; ///< of an add
};

/// What tells when a mail was sent.
enum class SentFrom { token, send_log, arrival };
template <>
struct Names<SentFrom> {
    static constexpr std::pair<SentFrom, std::string_view> table[] = {
        {SentFrom::token, "token"}, {SentFrom::send_log, "send-log"}, {SentFrom::arrival, "arrival"}};
};

/// A complaint about somebody of whom something was known before.
struct RepeatedComplaint {
    std::int64_t message_id = 0; ///< of the report
    Scope scope;                 ///< what is known of the mail it is about
    util::Seconds received_at = 0;
    std::string source_ip;           ///< empty where unknown
    std::string reported_message_id; ///< may be empty
    /// When the reported mail was sent: sealed, first tried, or received by the provider; nothing: unknown.
    std::optional<util::Seconds> sent_at;
    SentFrom sent_from = SentFrom::arrival;
    bool certain = false; ///< the report is believed and names this person alone; else it is held
};

struct PersonHistory {
    std::string key;
    std::string address;                  ///< as a report spells it
    std::vector<SuppressionEvent> events; ///< any order between scopes; decisions of a scope in their order
    std::vector<RepeatedComplaint> complaints;
};

struct Leak {
    /// A consumer that had the person on its list when the mail was sent.
    struct Export {
        std::string consumer;
        util::Seconds suppressed_at = 0;
        util::Seconds exported_at = 0;
    };
    std::string address;
    RepeatedComplaint complaint; ///< without sent_at it may be a leak, and nothing proves it
    std::vector<Export> exports; ///< not empty; the earliest first
};

/// How many there were in a time.
struct LeakCount {
    std::int64_t certain = 0;
    std::int64_t unverified = 0;                     ///< told by reports that are held
    std::int64_t undated = 0;                        ///< nothing tells when the mail was sent
    std::map<std::string, std::int64_t> by_consumer; ///< of the certain ones, who had the person
};

} // namespace jmrp::domain
