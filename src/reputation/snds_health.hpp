#pragma once
// What Smart Network Data Services tell, and whether they still tell anything: rules as in health.hpp.
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/ip.hpp"
#include "domain/snds.hpp"
#include "reputation/health.hpp"

namespace jmrp::reputation {

struct SndsThresholds {
    Bounds link{21, 27};     ///< days since a link was used first; Microsoft ends it after 30
    Bounds token{7, 30};     ///< days since the sign-in was used last
    Bounds access{270, 290}; ///< days since access to the networks was confirmed; it lapses after 10 months
    Bounds fetch{48, 168};   ///< hours since anything was fetched
    Bounds data{4, 10};      ///< days since the newest day with data, or that an IP with enough mail has none
    Bounds rate{0.1, 0.3};   ///< percent, of which the lower bound of a day's rate must be more
};

/// What the send log counts for a provider's consumer mailboxes.
struct SndsSent {
    domain::Ip ip;
    util::Day day = 0;
    std::int64_t accepted = 0;
};

struct SndsObserved {
    bool has_links = false; ///< some are configured
    bool signed_in = false; ///< there is a sign-in; without either, files are read in by hand
    std::vector<domain::SndsSource> sources;
    std::vector<domain::SndsDay> days; ///< 30 days are enough
    domain::SndsStanding standing;
    std::vector<domain::SndsDeviation> deviations; ///< recent ones
    std::vector<SndsSent> sent;
    std::vector<domain::Network> own; ///< empty: every IP is taken for ours
    std::optional<util::Day> access_since;
    util::Seconds now = 0;
};

/// Fewer messages to Microsoft's users on a day give no row.
inline constexpr std::int64_t snds_least_messages = 100;

/// Whether it is one of ours, as far as that is configured.
bool is_own(const std::vector<domain::Network>& own, const domain::Ip& ip) noexcept;

/// In order of the rules, every one; none where SNDS are not in use. Pure.
std::vector<Finding> judge_snds(const SndsObserved& observed, const SndsThresholds& thresholds);

} // namespace jmrp::reputation
