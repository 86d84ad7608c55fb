#include "cli/commands/commands.hpp"
#include "cli/network.hpp"
#include "cli/settling.hpp"
#include "ingest/snds.hpp"
#include "store/locks.hpp"

namespace jmrp::cli {

namespace {

ExitStatus run_settle(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    const bool check_dkim = invocation.config.rules.check_dkim();
    {
        store::Store store = open_store(invocation); // trouble with the database is told here, by the ordinary way
        if (!check_dkim && store.dkim_waiting_count() > 0)
            store.stop_waiting_for_dkim();
    }
    const ExitStatus status = supervised([&] { return settle_queue(invocation); });
    if (status == ExitStatus::ok && check_dkim && open_store(invocation).dkim_waiting_count(util::now()) > 0)
        become(Runs::in_jmrp_net, line_for(invocation, "verify"));
    return status;
}

ExitStatus run_rebuild(const Invocation& invocation) {
    expect_arguments(invocation.arguments, 0, "no arguments");
    {
        const store::SettlingLock lock(invocation.config.database, true);
        store::Store store = open_store(invocation);
        store.begin_rebuild(util::now());
        ingest::reread_snds(store);
    }
    return supervised([&] { return settle_queue(invocation); });
}

} // namespace

const Command settle_command{"settle",
                             "",
                             "read every kept message that was not read yet; for cron, silent when all is well",
                             "* * * * * jmrp jmrp settle",
                             {},
                             run_settle};

const Command rebuild_command{"rebuild",
                              "",
                              "read every kept message again, with the readers and rules of today",
                              "jmrp rebuild && jmrp status",
                              {},
                              run_rebuild};

} // namespace jmrp::cli
