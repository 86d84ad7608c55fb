#pragma once
// Is a delisting request safe now? Rules over evidence, one row of a table each; every rule speaks, and what is unknown is not
// met. Pure: time is in the evidence, and the same evidence under the same policy gives the same decision.
//
// The order of the outcomes: not safe, where a rule needs work; else wait, where time alone is missing somewhere; else unknown,
// where something has to be found out; else a person must decide; else safe.
#include "domain/decision.hpp"

namespace jmrp::reputation {

/// Microsoft publishes no threshold, no quota and no penalty: these are judgment, and tests/bench/README.md tells what each of
/// them costs and prevents in simulated histories.
struct GatePolicy {
    int block_fresh_hours = 24; ///< a block refusal as new as that
    int pause_hours = 24;       ///< S3150 often ends by itself: nothing is sent for so long, then it is looked at again
    int throttled_hours = 72;   ///< after so long at a low rate a person may ask about delays
    double throttled_per_minute = 10;
    int dns_fresh_hours = 24;   ///< answers of the DNS as new as that
    int spamhaus_hours = 24;    ///< after Spamhaus took the listing away
    int incident_addresses = 3; ///< so many of ours hit at once, and half of all
    int incident_hours = 24;    ///< an incident of Microsoft's is given so long to end
    int clean_hours = 72;       ///< after the repair
    /// Of suppressed people who get mail in spite of it, so many complain in a week. Where fewer than five complaints would have
    /// come of a leak to all of them, silence says nothing, and the send log has to be read.
    double leak_complaint_percent = 5;
    double unnamed_percent = 5; ///< of the reports; more complaints of unknown people are for a person
    int window_days = 7;        ///< before the block, of days with mail
    int newest_days = 3;        ///< since the repair; doubled while they hold too little
    int longest_window_days = 28;
    int fresh_days = 7;              ///< the newest mail that a rate is taken of
    int least_days = 2;              ///< with mail: one day's rate is no habit
    double unlikely = 0.01;          ///< a rise since before the block that chance explains less often than that is one
    std::int64_t least_mails = 1000; ///< fewer are judged by counts
    double pass_percent = 0.1;       ///< the lowest band of SNDS
    double refuse_percent = 0.3;  ///< what the interval's upper bound may be at most, and where a lower bound refuses
    double level = 0.95;          ///< of one-sided bounds: of the reports, and of the share that the loop passes on
    double least_forwarded = 0.1; ///< the share of complaints that the loop passes on, where SNDS does not tell
    int trials = 30;              ///< mails of one's own moved to Junk, after which no more are asked for
    int feed_hours = 72;          ///< a report as new as that ...
    int feed_after_hours = 48;    ///< ... and so long after the repair: complaints come about a day late
    int cool_down_hours = 48;     ///< after a verdict; doubled by each refusal after the first
    int longest_cool_down_days = 30;
    int mitigations = 2; ///< more of them in mitigation_days are for a person
    int mitigation_days = 30;
};

domain::Decision decide(const domain::Evidence& evidence, const GatePolicy& policy);

} // namespace jmrp::reputation
