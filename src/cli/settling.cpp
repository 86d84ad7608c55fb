#include "cli/settling.hpp"

#include "cli/output.hpp"
#include "cli/stop.hpp"
#include "ingest/interpret.hpp"
#include "ingest/settle_run.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"
#include "util/supervise.hpp"

namespace jmrp::cli {

namespace {

/// More deaths than that at one go are not a few bad mails but a broken installation.
constexpr int most_deaths = 300;

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

DeliverySettler::DeliverySettler(const Invocation& invocation)
    : invocation_(invocation),
      companion_([&] { ingest::interpret({}, invocation.config.rules); }, // starts the reader up
                 [&] {
                     store::Options options = store_options(invocation);
                     options.checkpoint_pages = 256; // here nobody waits for it, and the next delivery opens a short log
                     ingest::run_settling(options, invocation.config.rules, invocation.config.policy, false, stop_wanted,
                                          [](const ingest::Progress&) {});
                 }) {}

void DeliverySettler::settle_now() noexcept {
    companion_.go();
    companion_.wait(invocation_.config.settle_wait_seconds);
}

} // namespace jmrp::cli
