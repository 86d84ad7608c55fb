#pragma once
#include <vector>

#include "cli/command.hpp"
#include "domain/evidence.hpp"

namespace jmrp::network {

/// `jmrp delist`
cli::ExitStatus run_delist(const cli::Invocation& invocation);

/// `jmrp delist check`: 0 safe, 1 not now, 2 a person must decide, 3 unknown; of two lists the outcome that is further from safe
/// (not safe, wait, unknown, person, safe).
cli::ExitStatus check_delisting(const cli::Invocation& invocation, const std::vector<std::string>& arguments);

/// `jmrp delist draft`: ends as check does.
cli::ExitStatus draft_delisting(const cli::Invocation& invocation, const std::vector<std::string>& arguments);

/// The list that is named, else those that block an address of the network, else those that ever refused mail from one. Not
/// empty, ascending.
std::vector<domain::BlockList> lists_for(const cli::Invocation& invocation, store::Store& store,
                                         const domain::Network& network, util::Seconds now);

/// For each list, with what the DNS says, or said before where it is offline.
std::vector<domain::Evidence> gather_evidence(const cli::Invocation& invocation, store::Store& store,
                                              const domain::Ip& ip, const std::vector<domain::BlockList>& lists,
                                              bool offline);

} // namespace jmrp::network
