#include "cli/settling.hpp"

#include "cli/output.hpp"
#include "cli/stop.hpp"
#include "ingest/ingest.hpp"
#include "ingest/settlement_of.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"
#include "util/supervise.hpp"

namespace jmrp::cli {

namespace {

/// More deaths than that at one go are not a few bad mails but a broken installation.
constexpr int most_deaths = 60;

} // namespace

ExitStatus supervised(const std::function<ExitStatus()>& work) {
    const util::Supervised outcome = util::supervise(
        [&] {
            stop_on_signals();
            return static_cast<int>(work());
        },
        most_deaths);
    if (!outcome.finished)
        throw util::Fault(util::FaultKind::system, "go on",
                          "the reader died " + std::to_string(outcome.deaths) + " times",
                          "nothing is lost; what is left stays in the queue");
    return static_cast<ExitStatus>(outcome.exit_status);
}

ExitStatus settle_queue(const Invocation& invocation) {
    ProgressLine progress(!invocation.quiet);
    const ingest::SettleTotals totals =
        ingest::run_settling(store_options(invocation), invocation.config.rules, true, stop_wanted,
                             [&](const ingest::Progress& step) { progress.show(step); });
    if (totals.crashed > 0)
        util::log(util::LogLevel::warning,
                  grouped(static_cast<std::int64_t>(totals.crashed)) +
                      " message(s) killed the reader and are in quarantine ('jmrp quarantine list')");
    return totals.stopped ? ExitStatus::try_again : ExitStatus::ok;
}

DeliverySettler::DeliverySettler(const Invocation& invocation, std::string_view bytes, std::string_view feed,
                                 util::Seconds received_at)
    : wait_seconds_(invocation.config.settle_wait_seconds),
      companion_(
          [&] {
              settlement_ = ingest::settlement_of({store::known_before, std::string(feed), received_at, {}}, bytes,
                                                  invocation.config.rules);
          },
          [&](std::int64_t message_id) {
              store::Options options = store_options(invocation);
              options.checkpoint_pages = 128; // here nobody waits for it, and the next delivery opens a short log
              settlement_->message_id = message_id;
              if (message_id == store::known_before)
                  settlement_.reset();
              ingest::run_settling(
                  options, invocation.config.rules, false, stop_wanted, [](const ingest::Progress&) {},
                  std::move(settlement_));
          }) {}

void DeliverySettler::settle(std::int64_t message_id) noexcept {
    companion_.go(message_id);
    companion_.wait(wait_seconds_);
}

} // namespace jmrp::cli
