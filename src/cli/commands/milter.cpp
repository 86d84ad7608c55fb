#include "cli/commands/commands.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"socket", "SOCKET", "where to listen, such as inet:8899@127.0.0.1; else milter.socket of the configuration"},
};

} // namespace

const Command milter_command{
    "milter",
    "[--socket SOCKET]",
    "give the outgoing mail of Postfix or sendmail a token that names its recipient to you alone",
    "jmrp milter --socket inet:8899@127.0.0.1",
    options,
    nullptr, // milter/run.cpp
    true,
    Runs::in_jmrp_milter};

} // namespace jmrp::cli
