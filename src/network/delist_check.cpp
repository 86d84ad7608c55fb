// jmrp delist check: the evidence, gathered, and what the gate says of it.
#include <algorithm>
#include <iterator>

#include "cli/delist/decision_text.hpp"
#include "cli/delist/options.hpp"
#include "cli/evidence_json.hpp"
#include "cli/json.hpp"
#include "delist/blocks.hpp"
#include "delist/gather.hpp"
#include "network/delist.hpp"
#include "network/dns_facts.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::network {

namespace {

using cli::ExitStatus;
using domain::DecisionOutcome;
using util::Fault;
using util::FaultKind;

constexpr const char* attempted = "check whether to ask for a delisting";

/// What a decision ends with; the further down, the further from safe.
struct Ending {
    DecisionOutcome outcome;
    ExitStatus status;
};
constexpr Ending endings[] = {{DecisionOutcome::safe, ExitStatus::ok},
                              {DecisionOutcome::person, ExitStatus::critical},
                              {DecisionOutcome::unknown, ExitStatus::unknown},
                              {DecisionOutcome::wait, ExitStatus::warning},
                              {DecisionOutcome::not_safe, ExitStatus::warning}};

const Ending* ending_of(DecisionOutcome outcome) {
    return std::ranges::find(endings, outcome, &Ending::outcome);
}

void print(const domain::Decision& decision, const domain::Evidence& evidence, const cli::Invocation& invocation) {
    if (invocation.json()) {
        cli::print_line(cli::decision_json(decision));
        return;
    }
    std::string text = cli::decision_text(decision, evidence, invocation.config.delist);
    text.pop_back(); // print_line() ends the last line
    cli::print_line(text);
}

ExitStatus decide_on_file(const cli::Invocation& invocation, const std::vector<std::string>& arguments) {
    for (const char* option : {"list", "save", "offline"})
        if (invocation.has(option) || !arguments.empty())
            throw Fault(FaultKind::usage, attempted, "--evidence goes without an address, --list, --save and --offline",
                        "the file says what it is about");
    constexpr std::size_t most_bytes = std::size_t{16} << 20U;
    const std::string file(*invocation.value("evidence"));
    const util::BoundedBytes read = util::read_file(file, most_bytes);
    if (read.truncated)
        throw Fault(FaultKind::damaged, "read " + file, "it is longer than any evidence");
    const domain::Evidence evidence = cli::parse_evidence(read.bytes);
    const domain::Decision decision = reputation::decide(evidence, invocation.config.gate);
    print(decision, evidence, invocation);
    return ending_of(decision.outcome)->status;
}

/// That which is named, else those that block the address, else those that ever refused mail from it.
std::vector<domain::BlockList> lists_for(const cli::Invocation& invocation, store::Store& store, const domain::Ip& ip,
                                         util::Seconds now) {
    if (const auto named = cli::list_option(invocation))
        return {*named};
    const delist::Blocks known = delist::gather_blocks(store, invocation.config.rules.reading.own_networks, now);
    std::vector<domain::BlockList> blocking;
    std::vector<domain::BlockList> others;
    for (const delist::Block& block : known.blocks)
        if (block.place.ip == ip && block.place.list != domain::BlockList::spamhaus)
            (delist::is_blocked(block.standing.state) ? blocking : others).push_back(block.place.list);
    std::vector<domain::BlockList> out = blocking.empty() ? others : blocking;
    if (out.empty())
        out.push_back(domain::BlockList::outlook_com);
    std::ranges::sort(out);
    return out;
}

dns::Sender sender_of(const cli::Config& config, const domain::Ip& ip) {
    const domain::DelistSettings& settings = config.delist;
    const std::vector<std::string>& from =
        settings.from_domains.empty() ? config.rules.policy.own_domains : settings.from_domains;
    return {ip, settings.helo, from, settings.envelope_domains};
}

} // namespace

ExitStatus check_delisting(const cli::Invocation& invocation, const std::vector<std::string>& arguments) {
    if (invocation.has("evidence"))
        return decide_on_file(invocation, arguments);
    cli::expect_arguments(arguments, 1, "one IP address");
    const auto ip = domain::parse_ip(arguments.front());
    if (!ip)
        throw Fault(FaultKind::usage, attempted, "'" + util::for_terminal(arguments.front()) + "' is no IP address");
    const cli::Config& config = invocation.config;
    store::Store store = cli::open_store(invocation);
    const auto lists = lists_for(invocation, store, *ip, util::now());
    const auto save = invocation.value("save");
    if (save && lists.size() > 1)
        throw Fault(FaultKind::usage, attempted, "both lists block the address, and a file holds the evidence of one",
                    "--list says of which");
    const bool offline = invocation.has("offline");
    const domain::DnsFacts dns = ask_dns(config.dns, store, sender_of(config, *ip), offline);
    const util::Seconds now = util::now();
    const delist::Sources sources{store,
                                  config.delist,
                                  config.rules.reading.own_networks,
                                  config.exports,
                                  util::Seconds{config.leaks.grace_minutes} * 60,
                                  config.rates.feeds,
                                  config.gate,
                                  &dns};
    if (offline && !invocation.json())
        cli::print_line("offline: nothing was asked of the DNS, its answers are those of before\n");
    const Ending* last = endings;
    for (const domain::BlockList list : lists) {
        const domain::Evidence evidence = delist::gather(sources, *ip, list, now);
        const domain::Decision decision = reputation::decide(evidence, config.gate);
        const std::string text = cli::evidence_json(evidence);
        store.keep_decision(decision, text);
        if (save)
            util::write_atomically(std::string(*save), text + '\n');
        if (list != lists.front() && !invocation.json())
            cli::print_line("");
        print(decision, evidence, invocation);
        last = std::max(last, ending_of(decision.outcome));
    }
    return last->status;
}

} // namespace jmrp::network
