#include "milter/run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include "milter/serve.hpp"
#include "store/stamped.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"

namespace jmrp::milter {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto between_expiries = std::chrono::minutes(10);
constexpr std::size_t expired_at_once = 2000; ///< so that a message waits a few milliseconds for it

/// Writes, and forgets what is old. Opens the file by its first write, and anew after trouble.
class Keeper {
  public:
    Keeper(store::Options options, int retention_days)
        : options_(std::move(options)), retention_days_(retention_days) {}

    void operator()(std::span<const domain::StampedMessage> messages) {
        try {
            if (!writer_)
                writer_ = std::make_shared<store::StampedWriter>(options_);
            writer_->add(messages);
        } catch (...) {
            writer_.reset();
            throw;
        }
        expire();
    }

  private:
    void expire() {
        if (next_expiry_ > steady_clock::now())
            return;
        try {
            const util::Seconds before = util::now() - util::Seconds{retention_days_} * 86400;
            const bool more = writer_->expire(before, expired_at_once) == expired_at_once;
            next_expiry_ =
                steady_clock::now() + (more ? std::chrono::seconds(1) : std::chrono::seconds(between_expiries));
        } catch (const util::Fault& fault) { // what was to be kept is
            util::log(util::LogLevel::warning, fault.what());
            next_expiry_ = steady_clock::now() + between_expiries;
        }
    }

    store::Options options_;
    int retention_days_;
    std::shared_ptr<store::StampedWriter> writer_; ///< shared: std::function copies
    steady_clock::time_point next_expiry_{};
};

void say_what_is_missing(const domain::StampingRules& rules, KeyWatch& keys) {
    if (rules.scope == domain::StampScope::own_domains && rules.own_domains.empty())
        throw util::Fault(util::FaultKind::configuration, "tell your own mail from others'", "own.domains is empty",
                          "name your domains there, or say milter.stamp = \"all\"");
    if (const KeyWatch::Keys now = keys.keys(); !now.trouble.empty())
        util::log(util::LogLevel::warning, "mail goes without a token, keys: " + now.trouble);
}

} // namespace

cli::ExitStatus run(const cli::Invocation& invocation) {
    cli::expect_arguments(invocation.arguments, 0, "no arguments");
    const cli::Config& config = invocation.config;
    const std::string socket = invocation.value("socket").value_or(config.milter.socket);
    check_socket(socket);
    block_stop_signals(); // before there is a second thread

    store::Options options = cli::store_options(invocation);
    options.busy_timeout_ms = config.milter.wait_ms;
    // They stay until the process is gone, as libmilter's threads do (serve.hpp).
    static KeyWatch& keys = *new KeyWatch(config.token_keys);
    static TroubleLog& troubles =
        *new TroubleLog([](std::string_view line) { util::log(util::LogLevel::warning, line); });
    // A little longer than the database waits, so that it can say itself why not.
    static RecipientLog& recipients =
        *new RecipientLog(Keeper(options, config.send_log.retention_days), milliseconds(config.milter.wait_ms + 100));
    static Stamper& stamper =
        *new Stamper(cli::stamping_rules(config), config.rules.reading.token, keys, recipients, troubles);
    say_what_is_missing(stamper.rules(), keys);
    serve(stamper, socket, [&] { util::log(util::LogLevel::info, "listens at " + socket); });
    recipients.finish();
    const Counts& counts = stamper.counts();
    util::log(util::LogLevel::info, std::to_string(counts.stamped) + " message(s) got a token, " +
                                        std::to_string(counts.unstamped) + " should have, " +
                                        std::to_string(counts.left_alone) + " were none of ours");
    return cli::ExitStatus::ok;
}

} // namespace jmrp::milter
