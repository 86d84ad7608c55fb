// jmrp-net: jmrp, and the commands that need the network.
#include "cli/run.hpp"
#include "network/verify.hpp"

int main(int argc, char** argv) {
    static constexpr jmrp::cli::NetworkCommand commands[] = {{"verify", jmrp::network::run_verify}};
    return jmrp::cli::run(argc, argv, commands);
}
