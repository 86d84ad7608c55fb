#pragma once
// How much mail was sent: counts that somebody else made.
#include <string>

#include "domain/names.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// What sent mail is counted by.
enum class TrafficBy { source_ip, domain, list, campaign };
template <>
struct Names<TrafficBy> {
    static constexpr std::pair<TrafficBy, std::string_view> table[] = {{TrafficBy::source_ip, "ip"},
                                                                       {TrafficBy::domain, "domain"},
                                                                       {TrafficBy::list, "list"},
                                                                       {TrafficBy::campaign, "campaign"}};
};

/// What a program that sends mail says of one day and of whatever it tells apart. Each mail is in one of them at most for each
/// name: one that names an IP alone and one that names a campaign alone may speak of the same mail.
struct TrafficCount {
    util::Day day = 0; ///< UTC, of the attempts
    std::string
        source_ip; ///< as domain::Ip writes it; this and the next three: empty where it is not told, but not all four
    std::string domain; ///< of the sender (From), lower-case A-labels
    std::string list;   ///< lower case
    std::string campaign;
    std::string provider;       ///< lower case: "outlook.com", "office365", ...
    std::int64_t attempted = 0; ///< at least the sum of the following
    std::int64_t accepted = 0;
    std::int64_t deferred = 0;
    std::int64_t rejected = 0;
};

} // namespace jmrp::domain
