#include "network/snds.hpp"

#include "cli/snds.hpp"

namespace jmrp::network {

cli::ExitStatus run_snds(const cli::Invocation& invocation) {
    return cli::run_snds(invocation, {{"fetch", fetch_snds}, {"login", log_in_to_snds}});
}

} // namespace jmrp::network
