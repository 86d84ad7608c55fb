#include "network/export.hpp"

#include "cli/exporting.hpp"
#include "network/server.hpp"

namespace jmrp::network {

cli::ExitStatus run_export(const cli::Invocation& invocation) {
    return cli::run_export(invocation, server_receiver);
}

} // namespace jmrp::network
