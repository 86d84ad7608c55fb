#pragma once
// What the DNS says of one who sends mail. "Unknown" is never good news: who decides by these counts it as a failure.
#include <optional>
#include <string>
#include <vector>

#include "domain/ip.hpp"
#include "domain/names.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

// In each of the following, asked_at is when the oldest of the answers that it rests on was given; `reason` is in our words.

// ---- lists of addresses and domains (RFC 5782)

enum class Listing { listed, clean, unknown };
template <>
struct Names<Listing> {
    static constexpr std::pair<Listing, std::string_view> table[] = {
        {Listing::listed, "listed"}, {Listing::clean, "clean"}, {Listing::unknown, "unknown"}};
};

struct ListFinding {
    std::string zone;    ///< without the key
    std::string subject; ///< the address or domain
    Listing listing = Listing::unknown;
    std::vector<std::string> codes; ///< every address that the zone answered with
    std::string reason;             ///< what the codes mean, or why nothing is known; empty where clean
    util::Seconds asked_at = 0;
    std::optional<util::Seconds> last_listed; ///< when such an answer came last, this one or one of before
};

// ---- names of the address

enum class PtrStanding {
    confirmed,   ///< a name leads back to the address
    unconfirmed, ///< no name does
    absent,      ///< there is no name
    unknown
};
template <>
struct Names<PtrStanding> {
    static constexpr std::pair<PtrStanding, std::string_view> table[] = {{PtrStanding::confirmed, "confirmed"},
                                                                         {PtrStanding::unconfirmed, "unconfirmed"},
                                                                         {PtrStanding::absent, "absent"},
                                                                         {PtrStanding::unknown, "unknown"}};
};

struct PtrFinding {
    PtrStanding standing = PtrStanding::unknown;
    std::vector<std::string> names;     ///< all that the address has, ten at most
    std::vector<std::string> confirmed; ///< those that lead back to it
    bool generic = false;               ///< every confirmed name looks as a provider writes those of its customers
    std::optional<bool> equals_helo;    ///< one of the confirmed is the HELO name; nothing: no HELO was given
    std::string reason;
    util::Seconds asked_at = 0;
};

// ---- SPF (RFC 7208)

enum class SpfResult { pass, fail, softfail, neutral, none, temperror, permerror };
template <>
struct Names<SpfResult> {
    static constexpr std::pair<SpfResult, std::string_view> table[] = {
        {SpfResult::pass, "pass"},           {SpfResult::fail, "fail"}, {SpfResult::softfail, "softfail"},
        {SpfResult::neutral, "neutral"},     {SpfResult::none, "none"}, {SpfResult::temperror, "temperror"},
        {SpfResult::permerror, "permerror"},
    };
};

struct SpfFinding {
    std::string domain;
    bool of_helo = false; ///< the identity was the HELO name (section 2.3), not the envelope sender
    SpfResult result = SpfResult::temperror;
    std::string reason;
    util::Seconds asked_at = 0;
};

// ---- DMARC (RFC 7489)

enum class DmarcStanding { present, absent, unknown };
template <>
struct Names<DmarcStanding> {
    static constexpr std::pair<DmarcStanding, std::string_view> table[] = {
        {DmarcStanding::present, "present"}, {DmarcStanding::absent, "absent"}, {DmarcStanding::unknown, "unknown"}};
};

enum class DmarcPolicy { none, quarantine, reject };
template <>
struct Names<DmarcPolicy> {
    static constexpr std::pair<DmarcPolicy, std::string_view> table[] = {
        {DmarcPolicy::none, "none"}, {DmarcPolicy::quarantine, "quarantine"}, {DmarcPolicy::reject, "reject"}};
};

struct DmarcFinding {
    std::string domain;
    DmarcStanding standing = DmarcStanding::unknown;
    std::string found_at;                   ///< the domain whose record it is: this one, or its organizational domain
    DmarcPolicy policy = DmarcPolicy::none; ///< for mail of `domain`, where present
    std::string reason;
    util::Seconds asked_at = 0;
};

struct DnsFacts {
    Ip ip;
    std::string helo; ///< empty: none was given
    PtrFinding ptr;
    std::vector<SpfFinding> spf;
    std::vector<DmarcFinding> dmarc;
    std::vector<ListFinding> lists;
};

// Whether one who asks to be taken off a list of blocked addresses is well prepared; what is unknown is not well.
bool is_well(const ListFinding& finding);  ///< clean
bool is_well(const PtrFinding& finding);   ///< confirmed, not generic, and the HELO name where that was given
bool is_well(const SpfFinding& finding);   ///< pass; a HELO name may have no record
bool is_well(const DmarcFinding& finding); ///< present, whatever its policy
bool is_well(const DnsFacts& facts);       ///< all of them

} // namespace jmrp::domain
