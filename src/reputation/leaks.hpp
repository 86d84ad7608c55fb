#pragma once
// Which complaints prove that somebody sends to people who are on the list. Pure.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "domain/consumer.hpp"
#include "domain/leak.hpp"
#include "reputation/health.hpp"

namespace jmrp::reputation {

/// From `begin` on, before `end`.
struct Period {
    util::Seconds begin = 0;
    util::Seconds end = 0;

    bool contains(util::Seconds at) const noexcept { return begin <= at && at < end; }
    auto operator<=>(const Period&) const = default;
};

/// When somebody was on the list of whoever asks for `filter`, by the events of one scope; in order, with gaps between them.
std::vector<Period> listed_periods(const std::vector<domain::SuppressionEvent>& events, const domain::Scope& scope,
                                   const domain::SuppressionFilter& filter);

class LeakFinder {
  public:
    /// `runs` of each consumer that counts, the oldest first. A mail that was sent within `grace` seconds after an export may
    /// have been on its way already.
    LeakFinder(const std::vector<domain::ExportRun>& runs, util::Seconds grace);

    /// Calls `each` for those complaints of the person that are about mail sent after an export that had the person, who was
    /// suppressed from then until the mail was sent. The export counts that the consumer's last run before the mail continues:
    /// with what the consumer asked for then.
    void find(const domain::PersonHistory& person, const std::function<void(const domain::Leak&)>& each) const;

    /// Whether mail of that scope to the person, sent then, would be such mail.
    bool would_leak(const domain::PersonHistory& person, const domain::Scope& mail, util::Seconds sent_at) const;

    struct Standing {
        bool suppressed = false; ///< for all mail that the person complained about
        bool exported = false;   ///< every consumer that asks for such suppressions has them; false where none does
    };
    Standing standing(const domain::PersonHistory& person, const std::vector<domain::Consumer>& consumers,
                      util::Seconds at) const;

  private:
    std::map<std::string, std::vector<domain::ExportRun>> runs_;
    util::Seconds grace_;
};

/// The rule "leaks": certain ones of the last `days` days.
Finding judge_leaks(const domain::LeakCount& leaks, bool has_exports, int days, const Bounds& bounds);

} // namespace jmrp::reputation
