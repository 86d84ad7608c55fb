#pragma once
// The feeds of the configuration.
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "domain/inflow.hpp"
#include "store/store.hpp"

namespace jmrp::cli {

/// The feeds of these names, each once, or of all where there are none; they have a mailbox. Throws Fault:
/// configuration where none has one, usage where a name is none of theirs.
std::vector<const domain::Feed*> feeds_with_mailbox(const Config& config, const std::vector<std::string>& names);

/// Every feed with a mailbox, and what the store says of it.
std::vector<domain::PolledFeed> polled_feeds(const Config& config, store::Store& store);

} // namespace jmrp::cli
