#pragma once
// How often people call our mail junk, from what reaches us of it: a loop passes on a share of the complaints, late; SNDS counts
// all of them, in bands and with missing days.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/evidence.hpp"
#include "reputation/gate.hpp"
#include "reputation/intervals.hpp"

namespace jmrp::reputation {

/// The share of complaints about mail of a day that are here so many days after it; the last stands for all later ones. From the
/// ages of earlier complaints, or a cautious guess where those are few.
std::vector<double> arrival_curve(const std::vector<std::int64_t>& ages);

/// Days of own and other addresses together, ascending, from `first` to `last`, without those whose volume is
/// unknown and those without mail.
std::vector<domain::MailDay> days_between(const domain::ComplaintHistory& complaints, util::Day first, util::Day last);

/// The share of complaints that the loop passes on: one-sided bounds.
struct Forwarded {
    Interval share;
    std::string_view by = "policy"; ///< "snds", "trials"; "policy": its guess, and 1
    std::int64_t complaints = 0;    ///< that SNDS counted at most
};
/// From days on which SNDS gave a rate, compared with the reports received on them, and from trials: whichever says more.
Forwarded forwarded_share(const domain::Evidence& evidence, const GatePolicy& policy);

/// Shares between 0 and 1. The bounds are one-sided, each at the policy's level.
struct TrueRate {
    std::int64_t mails = 0;      ///< accepted
    std::int64_t complaints = 0; ///< reports about them
    std::int64_t days = 0;       ///< with mail
    double weighed = 0;          ///< mails, each by the share of its complaints that would be here by now
    double observed = 0;         ///< complaints a mail, as they are: what the truth is at least
    double estimate = 0;         ///< with what the loop keeps for itself and what is still to come
    Interval bounds{0, 1};
    std::string_view by; ///< "jmrp" or "snds": whose upper bound it is
};
/// Mail counts as far as the feed was alive: `alive` is when the last report came. What SNDS counts on a day is partly about
/// older mail: the bound takes all of it, the estimate what the reports received in the same days say. Where fewer of those came
/// than SNDS lets expect, reports were lost, and SNDS alone is believed.
TrueRate true_rate(const std::vector<domain::MailDay>& days, const std::vector<double>& arrival,
                   const Forwarded& forwarded, util::Seconds alive, const GatePolicy& policy);

} // namespace jmrp::reputation
