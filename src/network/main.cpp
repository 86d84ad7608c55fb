// jmrp-net: jmrp, and the commands that need the network.
#include "cli/run.hpp"
#include "network/delist.hpp"
#include "network/dns.hpp"
#include "network/export.hpp"
#include "network/poll.hpp"
#include "network/snds.hpp"
#include "network/verify.hpp"

int main(int argc, char** argv) {
    static constexpr jmrp::cli::NetworkCommand commands[] = {
        {"delist", jmrp::network::run_delist}, {"dns", jmrp::network::run_dns},
        {"export", jmrp::network::run_export}, {"poll", jmrp::network::run_poll},
        {"snds", jmrp::network::run_snds},     {"verify", jmrp::network::run_verify}};
    return jmrp::cli::run(argc, argv, commands);
}
