#pragma once
#include "cli/config.hpp"
#include "dns/gather.hpp"
#include "store/store.hpp"

namespace jmrp::network {

/// What the DNS says of the sender, by the lists of the configuration; with answers of the store where they are new enough, and
/// offline by these alone, whatever their age. New answers are kept, and who was listed when.
domain::DnsFacts ask_dns(const cli::Config::Dns& config, store::Store& store, const dns::Sender& sender, bool offline);

} // namespace jmrp::network
