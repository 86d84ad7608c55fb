#pragma once
#include <initializer_list>
#include <string_view>

#include "cli/command.hpp"
#include "reputation/snds_health.hpp"

namespace jmrp::cli {

/// A sub-command that needs the network.
struct SndsVerb {
    std::string_view name;
    ExitStatus (*run)(const Invocation& invocation);
};

/// `jmrp snds`. Without the code of a sub-command that needs the network, becomes the program that has it.
ExitStatus run_snds(const Invocation& invocation, std::initializer_list<SndsVerb> network);

ExitStatus import_snds(const Invocation& invocation, const std::vector<std::string>& files);
ExitStatus show_snds(const Invocation& invocation);

/// What the store and the configuration tell, for the rules. Days and mail of the last 30 days.
reputation::SndsObserved observe_snds(const Config& config, store::Store& store, util::Seconds now);

} // namespace jmrp::cli
