#include "network/poll.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "cli/feeds.hpp"
#include "cli/keeping.hpp"
#include "cli/secret.hpp"
#include "cli/settling.hpp"
#include "cli/stop.hpp"
#include "imap/mailbox.hpp"
#include "store/locks.hpp"
#include "transfer/connection.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::network {

namespace {

using cli::ExitStatus;
using util::Fault;
using util::FaultKind;
using Clock = std::chrono::steady_clock;

/// Before each try to come back after a connection that brought something was lost.
constexpr std::chrono::seconds pauses[] = {std::chrono::seconds(1), std::chrono::seconds(5), std::chrono::seconds(15)};

/// False: SIGINT or SIGTERM ended it.
bool rest_until(Clock::time_point until) {
    constexpr std::chrono::milliseconds look_up{100};
    while (!cli::stop_wanted && Clock::now() < until)
        std::this_thread::sleep_for(std::min<Clock::duration>(look_up, until - Clock::now()));
    return !cli::stop_wanted;
}

/// The worse of two: what a person must look into before what passes.
ExitStatus worse(ExitStatus a, ExitStatus b) {
    const auto weight = [](ExitStatus status) {
        return status == ExitStatus::ok ? 0 : status == ExitStatus::try_again ? 1 : 2;
    };
    return weight(b) > weight(a) ? b : a;
}

/// A feed that is polled, and what lasts from one round to the next.
struct Polled {
    const domain::Feed* feed = nullptr;
    std::optional<store::PollLock> lock;
    std::unique_ptr<imap::Session> session;
    Clock::time_point due; ///< for the next round
    std::string trouble;   ///< told last; not repeated
};

class Poll {
  public:
    explicit Poll(const cli::Invocation& invocation) : invocation_(invocation) {}

    /// Takes in what waits, and says what goes wrong.
    ExitStatus take_in(Polled& polled) {
        const domain::Feed& feed = *polled.feed;
        if (!polled.lock || !polled.lock->held())
            polled.lock.emplace(invocation_.config.database, feed.name);
        if (!polled.lock->held()) {
            tell(polled, util::LogLevel::warning, "feed " + feed.name + " is being polled already; that poll goes on");
            return ExitStatus::ok;
        }
        try {
            const ExitStatus status = persevere(polled);
            polled.trouble.clear();
            return status;
        } catch (const Fault& fault) {
            polled.session.reset();
            if (cli::stop_wanted)
                return ExitStatus::try_again;
            tell(polled, util::LogLevel::error, fault.what());
            return cli::status_for(fault.kind());
        }
    }

    const ingest::AcceptTotals& totals() const noexcept { return totals_; }

  private:
    /// Comes back when the connection is lost, as long as connections bring something.
    ExitStatus persevere(Polled& polled) {
        constexpr std::size_t no_more = std::size(pauses);
        std::size_t pause = no_more;
        bool stale = polled.session != nullptr; // it may have ended unnoticed since the round before
        while (true) {
            bool connected = false;
            bool brought = false;
            try {
                if (!polled.session)
                    polled.session = connect(*polled.feed);
                connected = true;
                return read(polled, brought);
            } catch (const Fault& fault) {
                polled.session.reset();
                if (fault.kind() != FaultKind::network)
                    throw;
                if (std::exchange(stale, false) && !brought)
                    continue;
                if (connected)
                    pause = brought ? 0 : no_more;
                if (pause == no_more || !rest_until(Clock::now() + pauses[pause++]))
                    throw;
                util::log(util::LogLevel::info, std::string(fault.what()) + "; connecting again");
            }
        }
    }

    std::unique_ptr<imap::Session> connect(const domain::Feed& feed) const {
        const domain::Mailbox& mailbox = *feed.mailbox;
        const std::string place = mailbox.url + " (feed " + feed.name + ")";
        auto channel = transfer::connect(mailbox, secret_of(feed), place, cli::stop_wanted);
        return std::make_unique<imap::Session>(
            std::move(channel), place, message_limit() + 1,
            transfer::Patience{std::chrono::seconds(mailbox.timeout_seconds), &cli::stop_wanted});
    }

    static std::string secret_of(const domain::Feed& feed) {
        try {
            return cli::read_secret(feed.mailbox->secret);
        } catch (const Fault& fault) {
            throw Fault::retold(fault.kind(), "feed " + feed.name + ": " + fault.what());
        }
    }

    /// Sets `brought` where messages became durable.
    ExitStatus read(Polled& polled, bool& brought) {
        const domain::Feed& feed = *polled.feed;
        const domain::Mailbox& mailbox = *feed.mailbox;
        const std::string server = mailbox.user + " at " + mailbox.url; // another user's numbers mean other messages
        const util::Seconds begun = util::now();
        cli::Keeper keeper(invocation_);
        store::Store& store = keeper.store();
        imap::Mailbox source(*polled.session, mailbox, feed.name, message_limit(),
                             store.folder_position(feed.name, server, mailbox.folder),
                             [&](const domain::FolderPosition& position) {
                                 store.keep_folder_position(feed.name, server, mailbox.folder, position);
                             });
        const ingest::AcceptTotals totals = keeper.keep(source, feed.name);
        totals_ += totals;
        brought = source.acknowledged() > 0;
        source.finish();
        if (totals.stopped || cli::stop_wanted || source.refused())
            return ExitStatus::try_again;
        store.keep_polled(feed.name, begun);
        keeper.close();
        return ExitStatus::ok;
    }

    std::size_t message_limit() const { return invocation_.config.rules.reading.limits.message_bytes; }

    static void tell(Polled& polled, util::LogLevel level, const std::string& trouble) {
        if (polled.trouble != trouble)
            util::log(level, trouble);
        polled.trouble = trouble;
    }

    const cli::Invocation& invocation_;
    ingest::AcceptTotals totals_;
};

ExitStatus poll_once(const cli::Invocation& invocation, std::vector<Polled>& feeds) {
    Poll poll(invocation);
    ExitStatus status = ExitStatus::ok;
    for (Polled& polled : feeds)
        if (!cli::stop_wanted)
            status = worse(status, poll.take_in(polled));
    cli::tell_kept(invocation, poll.totals());
    return worse(status, cli::settle_queue(invocation)); // what others left behind
}

/// Until SIGINT or SIGTERM, unless a person has to change something about every feed before anything can work.
ExitStatus watch(const cli::Invocation& invocation, std::vector<Polled>& feeds) {
    bool any_works = false;
    ExitStatus worst = ExitStatus::ok;
    while (true) {
        Poll poll(invocation);
        for (Polled& polled : feeds) {
            if (cli::stop_wanted || Clock::now() < polled.due)
                continue;
            const ExitStatus status = poll.take_in(polled);
            any_works = any_works || status == ExitStatus::ok || status == ExitStatus::try_again;
            worst = worse(worst, status);
            polled.due = Clock::now() + std::chrono::seconds(polled.feed->mailbox->interval_seconds);
        }
        if (!any_works)
            return worst;
        cli::settle_queue(invocation);
        const auto next = std::ranges::min_element(feeds, {}, &Polled::due);
        if (!rest_until(next->due))
            return ExitStatus::ok;
    }
}

} // namespace

ExitStatus run_poll(const cli::Invocation& invocation) {
    std::vector<Polled> feeds;
    for (const domain::Feed* feed : cli::feeds_with_mailbox(invocation.config, invocation.arguments))
        feeds.emplace_back().feed = feed;
    cli::open_store(invocation); // trouble with the database is told here, by the ordinary way
    return cli::supervised(
        [&] { return invocation.has("watch") ? watch(invocation, feeds) : poll_once(invocation, feeds); });
}

} // namespace jmrp::network
