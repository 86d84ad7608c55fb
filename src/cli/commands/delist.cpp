#include <algorithm>

#include "cli/commands/commands.hpp"
#include "cli/delist/verbs.hpp"
#include "cli/network.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"list", "LIST", "whose block it is: outlook.com or office365"},
    {"evidence", "FILE", "check, draft: decide on this evidence alone, at the time it names"},
    {"offline", nullptr, "check: ask nobody: the DNS's answers of before, whatever their age"},
    {"save", "FILE", "check: write the evidence, as JSON"},
    {"to", "FILE", "draft: what is sent or pasted, alone; for a mail the whole mail"},
    {"notice", "FILE", "draft: the mail that came back, to go along"},
    {"volume", "N", "draft: mails a day that you expect to send there"},
    {"new", nullptr, "draft: the addresses are new; the reply asks for room to warm up"},
    {"ticket", "NUMBER", "of the request, as in SRX1303529797ID or 1303529797"},
    {"door", "DOOR", "submitted: consumer-form, portal or delist-mail; else the usual one of the list"},
    {"at", "TIME", "when it was, '2026-11-22 10:00' in UTC; else now"},
    {"text", "TEXT", "cause: what was wrong"},
    {"fix", "TEXT", "cause: what was changed"},
    {"outcome", "OUTCOME",
     "close: mitigated, conditionally-mitigated, removed, not-qualified, refused-cause, "
     "nothing-detected, more-info or withdrawn"},
    {"answer", "MESSAGE", "close: an answer that list shows was read by a person"},
    {"note", "TEXT", "words of yours; kept in the history"},
    {"all", nullptr, "list: what has ended, and forged answers, as well"},
    json_option,
};

struct Verb {
    const char* name;
    ExitStatus (*run)(const Invocation& invocation, const Arguments& arguments); ///< null: it needs the network
};
constexpr Verb table[] = {
    {"check", nullptr},       {"draft", nullptr},      {"submitted", note_request}, {"cause", note_cause},
    {"close", close_request}, {"list", list_requests}, {"show", show_requests},     {"trial", note_trial},
};

/// The same line for the program that has the network.
[[noreturn]] void hand_over(const Invocation& invocation, const std::string& verb, const Arguments& arguments) {
    std::vector<std::string> line = line_for(invocation, "delist");
    for (const auto& given : invocation.options) {
        line.push_back("--" + given.first);
        if (std::ranges::any_of(options, [&](const Option& one) { return one.name == given.first && one.argument; }))
            line.push_back(given.second);
    }
    line.push_back(verb);
    line.insert(line.end(), arguments.begin(), arguments.end());
    become(Runs::in_jmrp_net, line);
}

ExitStatus run(const Invocation& invocation) {
    return run_delist(invocation, {});
}

} // namespace

ExitStatus run_delist(const Invocation& invocation, std::initializer_list<DelistNetworkVerb> network) {
    std::vector<const char*> names;
    for (const Verb& verb : table)
        names.push_back(verb.name);
    Arguments arguments = invocation.arguments;
    const std::string wanted = take_verb(arguments, names);
    if (const Verb& verb = *std::ranges::find(table, wanted, &Verb::name); verb.run)
        return verb.run(invocation, arguments);
    for (const DelistNetworkVerb& verb : network)
        if (verb.name == wanted)
            return verb.run(invocation, arguments);
    hand_over(invocation, wanted, arguments);
}

const Command delist_command{
    "delist",
    "check IP [--list LIST] [--save FILE] [--offline] | check --evidence FILE | "
    "cause IP,... --text TEXT --fix TEXT | draft IP,... [--volume N] [--to FILE] | "
    "submitted IP,... --list LIST [--ticket N] | "
    "close IP,...|--ticket N|--answer MESSAGE --outcome OUTCOME | list [--all] | show IP | trial [ADDRESS]",
    "requests to lift a block at Microsoft: whether it is safe, the request, what was answered and repaired",
    "jmrp delist check 192.0.2.10",
    options,
    run};

} // namespace jmrp::cli
