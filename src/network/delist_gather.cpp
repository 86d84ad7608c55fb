// What jmrp delist check and draft go by.
#include <algorithm>

#include "cli/blocks.hpp"
#include "cli/delist/options.hpp"
#include "delist/gather.hpp"
#include "network/delist.hpp"
#include "network/dns_facts.hpp"

namespace jmrp::network {

namespace {

dns::Sender sender_of(const cli::Config& config, const domain::Ip& ip) {
    const domain::DelistSettings& settings = config.delist;
    const std::vector<std::string>& from =
        settings.from_domains.empty() ? config.rules.policy.own_domains : settings.from_domains;
    return {ip, settings.helo, from, settings.envelope_domains};
}

} // namespace

std::vector<domain::BlockList> lists_for(const cli::Invocation& invocation, store::Store& store,
                                         const domain::Network& network, util::Seconds now) {
    if (const auto named = cli::list_option(invocation))
        return {*named};
    const delist::Blocks known = cli::gather_blocks(store, invocation.config, now);
    std::vector<domain::BlockList> blocking;
    std::vector<domain::BlockList> others;
    for (const delist::Block& block : known.blocks)
        if (network.contains(block.place.ip) && block.place.list != domain::BlockList::spamhaus)
            (delist::is_blocked(block.standing.state) ? blocking : others).push_back(block.place.list);
    std::vector<domain::BlockList> out = blocking.empty() ? others : blocking;
    if (out.empty())
        out.push_back(domain::BlockList::outlook_com);
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<domain::Evidence> gather_evidence(const cli::Invocation& invocation, store::Store& store,
                                              const domain::Ip& ip, const std::vector<domain::BlockList>& lists,
                                              bool offline) {
    const cli::Config& config = invocation.config;
    const domain::DnsFacts dns = ask_dns(config.dns, store, sender_of(config, ip), offline);
    const util::Seconds now = util::now();
    const delist::Sources sources{store,
                                  config.delist,
                                  config.rules.reading.own_networks,
                                  config.exports,
                                  util::Seconds{config.leaks.grace_minutes} * 60,
                                  config.rates.feeds,
                                  config.gate,
                                  &dns};
    std::vector<domain::Evidence> out;
    for (const domain::BlockList list : lists)
        out.push_back(delist::gather(sources, ip, list, now));
    return out;
}

} // namespace jmrp::network
