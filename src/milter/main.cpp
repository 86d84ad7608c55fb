// jmrp-milter: what a mail server asks about its outgoing mail.
#include "cli/run.hpp"
#include "milter/run.hpp"

int main(int argc, char** argv) {
    static constexpr jmrp::cli::NetworkCommand commands[] = {{"milter", jmrp::milter::run}};
    return jmrp::cli::run(argc, argv, commands);
}
