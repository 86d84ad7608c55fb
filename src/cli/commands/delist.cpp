#include "cli/commands/commands.hpp"
#include "cli/delist/draft.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"list", "LIST", "whose block: outlook.com or office365"},
    {"to", "FILE", "draft: what is sent or pasted, alone; for a mail the whole mail"},
    {"evidence", "FILE", "decide on this evidence"},
    {"notice", "FILE", "draft: the mail that came back, to go along"},
    {"volume", "N", "draft: mails a day that you expect to send there"},
    {"new", nullptr, "draft: the addresses are new; the reply asks for room to warm up"},
    json_option,
};

constexpr const char* verbs[] = {"draft"};

ExitStatus run(const Invocation& invocation) {
    std::vector<std::string> arguments = invocation.arguments;
    take_verb(arguments, verbs);
    return draft_request(invocation, std::move(arguments));
}

} // namespace

const Command delist_command{"delist",
                             "draft IP[,IP|NETWORK...] [--list LIST] [--to FILE]",
                             "ask Microsoft to lift a block",
                             "jmrp delist draft 192.0.2.10",
                             options,
                             run};

} // namespace jmrp::cli
