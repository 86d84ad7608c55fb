#include "cli/commands/commands.hpp"

namespace jmrp::cli {

const Command verify_command{
    "verify",
    "",
    "check the signatures of reports that wait for it, then settle them; 'jmrp settle' does it by itself",
    "jmrp verify",
    {},
    nullptr, // network/verify.cpp
    true,
    Runs::in_jmrp_net};

} // namespace jmrp::cli
