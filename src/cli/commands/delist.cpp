#include "cli/commands/commands.hpp"
#include "cli/delist/draft.hpp"
#include "cli/delist/verbs.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"list", "LIST", "whose block it is: outlook.com or office365"},
    {"to", "FILE", "draft: what is sent or pasted, alone; for a mail the whole mail"},
    {"evidence", "FILE", "draft: decide on this evidence"},
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
    ExitStatus (*run)(const Invocation& invocation, const Arguments& arguments);
};
constexpr Verb table[] = {
    {"draft", draft_request}, {"submitted", note_request}, {"cause", note_cause}, {"close", close_request},
    {"list", list_requests},  {"show", show_requests},     {"trial", note_trial},
};

ExitStatus run(const Invocation& invocation) {
    std::vector<const char*> names;
    for (const Verb& verb : table)
        names.push_back(verb.name);
    Arguments arguments = invocation.arguments;
    const std::string wanted = take_verb(arguments, names);
    for (const Verb& verb : table)
        if (wanted == verb.name)
            return verb.run(invocation, arguments);
    return ExitStatus::usage; // take_verb() knows no other
}

} // namespace

const Command delist_command{
    "delist",
    "draft IP,... [--list LIST] [--to FILE] | submitted IP,... --list LIST [--ticket N] | cause IP,... --text TEXT "
    "--fix TEXT | "
    "close IP,...|--ticket N|--answer MESSAGE --outcome OUTCOME | list [--all] | show IP | trial [ADDRESS]",
    "requests to lift a block at Microsoft: what was asked, answered and repaired",
    "jmrp delist submitted 192.0.2.10 --list outlook.com --ticket 1303529797",
    options,
    run};

} // namespace jmrp::cli
