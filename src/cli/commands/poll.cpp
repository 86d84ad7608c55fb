#include "cli/commands/commands.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"watch", nullptr, "stay, keep the connections, and poll each feed again after its interval"},
};

} // namespace

const Command poll_command{"poll",
                           "[--watch] [FEED ...]",
                           "take in what waits in the mailboxes of feeds; without a name, of all that have one",
                           "jmrp poll",
                           options,
                           nullptr, // network/poll.cpp
                           true,
                           Runs::in_jmrp_net};

} // namespace jmrp::cli
