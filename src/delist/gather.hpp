#pragma once
// All that the gate wants to know of an address and a list, gathered.
#include <string>
#include <vector>

#include "domain/consumer.hpp"
#include "domain/delist_settings.hpp"
#include "domain/dns_facts.hpp"
#include "domain/evidence.hpp"
#include "reputation/gate.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

struct Sources {
    store::Store& store;
    const domain::DelistSettings& settings;
    const std::vector<domain::Network>& own_networks;
    const std::vector<domain::Consumer>& exports;
    util::Seconds grace;                   ///< mail sent so long after an export may have been on its way already
    const std::vector<std::string>& feeds; ///< those that count; empty: all
    const reputation::GatePolicy& policy;
    const domain::DnsFacts* dns; ///< null: nobody asked
};

/// As of one moment, but for the send log, which is a file of its own.
domain::Evidence gather(const Sources& sources, const domain::Ip& ip, domain::BlockList list, util::Seconds now);

} // namespace jmrp::delist
