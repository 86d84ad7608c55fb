#pragma once
// What the sub-commands of `jmrp delist` read from their command line. Every function throws Fault(usage).
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "delist/correspondence.hpp"
#include "domain/request.hpp"

namespace jmrp::cli {

/// Addresses and networks, with commas between or one an argument. Where own.networks says which are ours, each is within them.
std::vector<domain::Network> network_arguments(const Invocation& invocation, const std::vector<std::string>& arguments);
/// --list: one of Microsoft's two.
std::optional<domain::BlockList> list_option(const Invocation& invocation);
/// --list, else the one list that requests about the networks were sent for.
domain::BlockList list_for(const Invocation& invocation, const delist::Correspondence& all,
                           const std::vector<domain::Network>& networks);
/// --ticket in its normal form.
std::optional<std::string> ticket_option(const Invocation& invocation);
/// --at: never later than now.
std::optional<util::Seconds> time_option(const Invocation& invocation, util::Seconds now);
/// Who runs this, now, with --note.
domain::Noted noted(const Invocation& invocation, util::Seconds now);
std::string text_option(const Invocation& invocation, const char* name, const char* why);

} // namespace jmrp::cli
