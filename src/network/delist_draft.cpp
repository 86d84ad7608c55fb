// jmrp delist draft: by evidence of a file, of the last check, or gathered without asking the DNS.
#include <algorithm>

#include "cli/blocks.hpp"
#include "cli/delist/draft.hpp"
#include "cli/delist/options.hpp"
#include "cli/evidence_json.hpp"
#include "delist/notice.hpp"
#include "network/delist.hpp"
#include "reputation/gate.hpp"
#include "util/fault.hpp"

namespace jmrp::network {

namespace {

using cli::Asked;
using util::Fault;
using util::FaultKind;

constexpr const char* attempted = "draft a request";
constexpr util::Seconds fresh = 3600; ///< evidence of a check that is as new as that needs no gathering
constexpr std::size_t most_cases = 100;

[[noreturn]] void refuse(std::string why, std::string hint = {}) {
    throw Fault(FaultKind::usage, attempted, std::move(why), std::move(hint));
}

delist::Case judged(domain::Evidence evidence, const reputation::GatePolicy& policy) {
    domain::Decision decision = reputation::decide(evidence, policy);
    return {std::move(evidence), std::move(decision)};
}

Asked by_file(const cli::Invocation& invocation, const std::string& file, std::vector<domain::Network> networks) {
    domain::Evidence evidence = cli::read_evidence(file);
    if (const auto list = cli::list_option(invocation); list && *list != evidence.list)
        refuse("the evidence is about " + std::string(to_text(evidence.list)));
    if (!networks.empty() && !any_contains(networks, evidence.ip))
        refuse("the evidence is about " + evidence.ip.text());
    Asked out;
    for (const domain::Network& network : networks)
        if (network.short_text() != evidence.ip.text())
            out.unjudged.push_back(network);
    out.networks = std::move(networks);
    out.cases.push_back(judged(std::move(evidence), invocation.config.gate));
    return out;
}

/// What the last check found, where that is new enough; else what is known here.
domain::Evidence newest_evidence(const cli::Invocation& invocation, store::Store& store, const domain::Ip& ip,
                                 domain::BlockList list) {
    const std::vector<store::KeptDecision> kept = store.decisions(ip, list);
    if (!kept.empty() && util::now() - kept.back().at <= fresh)
        return cli::parse_evidence(kept.back().evidence);
    return gather_evidence(invocation, store, ip, {list}, true).front();
}

/// The one list that it is about.
domain::BlockList list_of(const cli::Invocation& invocation, store::Store& store, const domain::Network& first) {
    const std::vector<domain::BlockList> lists = lists_for(invocation, store, first, util::now());
    if (lists.size() > 1)
        refuse("both lists block " + first.short_text(), "--list says whose block it is about");
    return lists.front();
}

Asked by_store(const cli::Invocation& invocation, store::Store& store, std::vector<domain::Network> networks) {
    if (networks.empty())
        refuse("it says no address", "name the addresses that it is about");
    const domain::BlockList list = list_of(invocation, store, networks.front());
    std::vector<domain::Ip> blocked;
    for (const delist::Block& block : cli::gather_blocks(store, invocation.config, util::now()).blocks)
        if (block.place.list == list && delist::is_blocked(block.standing.state))
            blocked.push_back(block.place.ip);
    Asked out;
    std::vector<domain::Ip> judging;
    for (const domain::Network& network : networks) {
        const std::size_t before = judging.size();
        if (network.prefix == (network.base.is_v4() ? 32 : 128))
            judging.push_back(network.base);
        else
            std::ranges::copy_if(blocked, std::back_inserter(judging),
                                 [&](const domain::Ip& ip) { return network.contains(ip); });
        if (judging.size() == before)
            out.unjudged.push_back(network);
    }
    if (judging.empty())
        refuse("no address of these networks is known to be blocked", "'jmrp blocks' shows which are");
    if (judging.size() > most_cases)
        refuse("these are more than " + std::to_string(most_cases) + " addresses", "ask for fewer at once");
    std::ranges::sort(judging);
    judging.erase(std::unique(judging.begin(), judging.end()), judging.end());
    for (const domain::Ip& ip : judging)
        out.cases.push_back(judged(newest_evidence(invocation, store, ip, list), invocation.config.gate));
    out.notice = delist::newest_notice(store, out.cases.front().evidence, invocation.config.rules.reading.own_networks);
    out.networks = std::move(networks);
    return out;
}

} // namespace

cli::ExitStatus draft_delisting(const cli::Invocation& invocation, const std::vector<std::string>& arguments) {
    std::vector<domain::Network> networks = cli::network_arguments(invocation, arguments);
    if (const auto file = invocation.value("evidence"))
        return cli::print_draft(invocation, by_file(invocation, *file, std::move(networks)));
    store::Store store = cli::open_store(invocation);
    return cli::print_draft(invocation, by_store(invocation, store, std::move(networks)));
}

} // namespace jmrp::network
