// jmrp delist check: the evidence, gathered, and what the gate says of it.
#include <algorithm>

#include "cli/delist/decision_text.hpp"
#include "cli/delist/ending.hpp"
#include "cli/evidence_json.hpp"
#include "cli/json.hpp"
#include "network/delist.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::network {

namespace {

using cli::ExitStatus;
using util::Fault;
using util::FaultKind;

constexpr const char* attempted = "check whether to ask for a delisting";

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
    const domain::Evidence evidence = cli::read_evidence(*invocation.value("evidence"));
    const domain::Decision decision = reputation::decide(evidence, invocation.config.gate);
    print(decision, evidence, invocation);
    return cli::ending_of(decision.outcome)->status;
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
    const auto lists = lists_for(invocation, store, {*ip, ip->is_v4() ? 32 : 128}, util::now());
    const auto save = invocation.value("save");
    if (save && lists.size() > 1)
        throw Fault(FaultKind::usage, attempted, "both lists block the address, and a file holds the evidence of one",
                    "--list says of which");
    const bool offline = invocation.has("offline");
    const std::vector<domain::Evidence> gathered = gather_evidence(invocation, store, *ip, lists, offline);
    if (offline && !invocation.json())
        cli::print_line("offline: nothing was asked of the DNS, its answers are those of before\n");
    const cli::Ending* last = cli::endings;
    for (const domain::Evidence& evidence : gathered) {
        const domain::Decision decision = reputation::decide(evidence, config.gate);
        const std::string text = cli::evidence_json(evidence);
        store.keep_decision(decision, text);
        if (save)
            util::write_atomically(std::string(*save), text + '\n');
        if (evidence.list != lists.front() && !invocation.json())
            cli::print_line("");
        print(decision, evidence, invocation);
        last = std::max(last, cli::ending_of(decision.outcome));
    }
    return last->status;
}

} // namespace jmrp::network
