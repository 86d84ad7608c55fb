#include "network/delist.hpp"

#include "cli/delist/verbs.hpp"

namespace jmrp::network {

cli::ExitStatus run_delist(const cli::Invocation& invocation) {
    return cli::run_delist(invocation, {{"check", check_delisting}, {"draft", draft_delisting}});
}

} // namespace jmrp::network
