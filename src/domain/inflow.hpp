#pragma once
// What came in and what still waits, as counts: the ground on which the health of the whole road is judged.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/settlement.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// The feedback reports of one feed that were received on one day, without duplicates and forged ones. A day without any has
/// no FeedDay.
struct FeedDay {
    std::string feed;
    util::Day day = 0; ///< of receipt
    std::int64_t reports = 0;
    std::int64_t complaints = 0;     ///< reports, whatever each stands for; not those about somebody else's IP
    std::int64_t attributed = 0;     ///< of the complaints: it is known who complained
    std::int64_t unverified = 0;     ///< of the complaints: nothing proves that the provider sent them
    std::int64_t tokens_opened = 0;  ///< of the reports: a token of ours names the recipient
    std::int64_t tokens_refused = 0; ///< of the reports: something looks like a token of ours, and none opened
    util::Seconds last_report_at = 0;
};

/// A feed with a mailbox, and when everything that waited there was kept here.
struct PolledFeed {
    std::string feed;
    std::optional<util::Seconds> polled_at; ///< nothing: never
};

/// What waits for the program or for a person.
struct Backlog {
    struct Held {
        Hold reason = Hold::unverified;
        std::int64_t reports = 0;
        util::Seconds oldest = 0; ///< received
    };

    std::int64_t unsettled = 0;                    ///< without those that a rebuild reads again
    std::optional<util::Seconds> oldest_unsettled; ///< receipt of the first of them in the queue
    std::int64_t rebuilding = 0;                   ///< what a rebuild has still to read
    std::optional<util::Seconds> rebuild_began;    ///< where it has
    std::int64_t quarantined = 0;
    std::vector<Held> held; ///< one for each reason that holds any
};

} // namespace jmrp::domain
