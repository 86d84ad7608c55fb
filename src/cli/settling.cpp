#include "cli/settling.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "cli/output.hpp"
#include "cli/stop.hpp"
#include "ingest/settle_run.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"
#include "util/supervise.hpp"

namespace jmrp::cli {

namespace {

/// More deaths than that at one go are not a few bad mails but a broken installation.
constexpr int most_deaths = 300;

void silence_standard_files() {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2 && null >= 0; ++fd)
        ::dup2(null, fd);
}

} // namespace

ExitStatus settle_supervised(const Invocation& invocation) {
    const util::Supervised outcome = util::supervise(
        [&] {
            stop_on_signals();
            try {
                ProgressLine progress(!invocation.quiet);
                const ingest::SettleTotals totals =
                    ingest::run_settling(store_options(invocation), invocation.config.rules, invocation.config.policy, true, stop_wanted,
                                         [&](const ingest::Progress& step) { progress.show(step); });
                if (totals.crashed > 0)
                    util::log(util::LogLevel::warning, grouped(static_cast<std::int64_t>(totals.crashed)) +
                                                           " message(s) killed the reader and are in quarantine ('jmrp quarantine list')");
                return static_cast<int>(ExitStatus::ok);
            } catch (const util::Fault& fault) {
                util::log(util::LogLevel::error, fault.what());
                return static_cast<int>(status_for(fault.kind()));
            } catch (const std::exception& error) {
                util::log(util::LogLevel::error, std::string("cannot settle: ") + error.what());
                return static_cast<int>(ExitStatus::system);
            }
        },
        most_deaths);
    if (!outcome.finished) {
        util::log(util::LogLevel::error, "cannot settle: the reader died " + std::to_string(outcome.deaths) + " times; what is left stays in the queue");
        return ExitStatus::system;
    }
    return static_cast<ExitStatus>(outcome.exit_status);
}

void settle_after_delivery(const Invocation& invocation) noexcept {
    try {
        util::supervise(
            [&] {
                silence_standard_files(); // the mail server waits for the end of our output, not for this work
                ingest::run_settling(store_options(invocation), invocation.config.rules, invocation.config.policy, false, stop_wanted,
                                     [](const ingest::Progress&) {});
                return 0;
            },
            ingest::most_attempts + 2, invocation.config.settle_wait_seconds);
    } catch (...) {
        // Kept is kept: the next delivery or 'jmrp settle' goes on.
        return;
    }
}

} // namespace jmrp::cli
