#pragma once
// The parts of the evidence that people and sender support wrote down. Each fills members of an Evidence whose ip, list and now
// are set.
#include "domain/delist_settings.hpp"
#include "domain/evidence.hpp"
#include "domain/request.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// What was wrong and what was changed: of the causes that name the address the one that ended last.
void add_repair(domain::Evidence& evidence, store::Store& store);

/// What was asked about the address, with its answers. Without any: an empty list, which is known.
void add_requests(domain::Evidence& evidence, store::Store& store);

/// Whether the contact hears from Microsoft: an answer of support came within a year, or a person said so. Unknown where nobody
/// told by which addresses its mail leaves.
void add_contact(domain::Evidence& evidence, store::Store& store, const domain::DelistSettings& settings);

/// A trial, and the report that came of it.
struct TrialOutcome {
    domain::FeedTrial trial;
    std::optional<util::Seconds> reported;
};
/// A report that is believed and names the mailbox is of the oldest trial there before it that had none. Ascending.
std::vector<TrialOutcome> trial_outcomes(store::Store& store, util::Seconds since, util::Seconds now);

/// Trials of the last 30 days into evidence.feed, where that is known.
void add_trials(domain::Evidence& evidence, store::Store& store);
inline constexpr util::Seconds trials_count_for = util::Seconds{30} * 86'400;

} // namespace jmrp::delist
