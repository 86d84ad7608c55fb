#include "handover/run.hpp"

#include <algorithm>
#include <optional>

#include "store/locks.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/kill_point.hpp"
#include "util/run_program.hpp"

namespace jmrp::handover {

namespace {

using util::Fault;
using util::FaultKind;

constexpr int most_milliseconds = 5 * 60 * 1000; // of the command after it

void run_after(const domain::Consumer& consumer) {
    if (consumer.after.empty())
        return;
    const std::string what = "run '" + consumer.after.front() + "' after the export";
    const auto ran = util::run_program(consumer.after.front(), {consumer.after.begin() + 1, consumer.after.end()},
                                       most_milliseconds);
    if (!ran)
        throw Fault(FaultKind::system, what, "it cannot be started, was killed, or did not end within five minutes");
    if (ran->exit_status != 0)
        throw Fault(FaultKind::system, what, "it ended with " + std::to_string(ran->exit_status),
                    "run it by hand to see what it says");
}

/// The first reason not to run now, or nothing.
std::optional<std::string> reason_to_wait(store::Store& store, const domain::Consumer& consumer, bool news_only) {
    std::error_code error;
    if (store.is_rebuilding())
        return "a rebuild is under way and the list is not whole";
    if (news_only && consumer.after.empty() && std::filesystem::exists(consumer.to, error))
        return "the file of the last run is still there; whoever has read it removes it";
    return std::nullopt;
}

class Run {
  public:
    Run(store::Store& store, const domain::Consumer& consumer, const Wishes& wishes, util::Seconds now)
        : store_(store), consumer_(consumer), wishes_(wishes),
          now_(now), wanted_{exports::format_named(consumer.format), consumer.filter, {consumer.list}} {}

    /// Throws Fault where the target makes trouble.
    Outcome operator()(const domain::ConsumerState& state, const domain::Cursor& until) const {
        Outcome out;
        std::error_code error;
        const bool news_only = wanted_.format.news_only;
        if (const auto why = reason_to_wait(store_, consumer_, news_only))
            return {Result::put_off, false, {}, *why};
        const auto changed = store_.changes(state.cursor, until);
        out.full = wishes_.full || !changed || state.form != consumer_.form() ||
                   (!news_only && !std::filesystem::exists(consumer_.to, error));
        if (!out.full && concerned(*changed, consumer_.filter).empty()) {
            out.result = Result::nothing_new;
            return out;
        }
        const auto write = [&](const exports::Writer::Sink& sink) {
            return out.full || !news_only ? write_everybody(store_, wanted_, now_, sink)
                                          : write_changes(store_, wanted_, state.cursor, until, now_, sink);
        };
        if (wishes_.dry_run) {
            out.totals = write([](std::string_view) {});
            return out;
        }
        util::AtomicFile file(consumer_.to, 0640);
        out.totals = write([&](std::string_view bytes) { file.write(bytes); });
        if (news_only && out.totals.added + out.totals.removed == 0) {
            out.result = Result::nothing_new; // nobody the target can be told of
            return out;
        }
        util::kill_point("export.written");
        file.commit();
        util::kill_point("export.in_place");
        run_after(consumer_);
        util::kill_point("export.confirmed");
        return out;
    }

  private:
    store::Store& store_;
    const domain::Consumer& consumer_;
    const Wishes& wishes_;
    util::Seconds now_;
    Wanted wanted_;
};

} // namespace

Outcome hand_over(store::Store& store, const std::filesystem::path& database, const domain::Consumer& consumer,
                  const Wishes& wishes, util::Seconds now) {
    const store::ExportLock lock(database, consumer.name);
    if (!lock.held())
        return {Result::put_off, false, {}, "another export of it is under way"};
    domain::ConsumerState state = store.consumer(consumer.name);
    const domain::Cursor until = store.newest_change(now); // before anything is read: what comes later is new
    Outcome outcome;
    try {
        outcome = Run(store, consumer, wishes, now)(state, until);
    } catch (const Fault& fault) {
        outcome = {fault.kind() == FaultKind::busy ? Result::put_off : Result::failed, false, {}, fault.what()};
    }
    if (!wishes.dry_run)
        remember(store, state, consumer, outcome, until, now);
    return outcome;
}

void remember(store::Store& store, domain::ConsumerState& state, const domain::Consumer& consumer,
              const Outcome& outcome, const domain::Cursor& until, util::Seconds now) {
    state.last_tried = now;
    domain::ExportRun run;
    if (outcome.result == Result::failed) {
        ++state.failures;
        state.last_error = outcome.why;
    } else if (outcome.result != Result::put_off) {
        state.form = consumer.form();
        state.cursor = until;
        state.full_after.reset();
        state.last_ok = now;
        state.failures = 0;
        state.last_error.clear();
        run = {consumer.name, util::now(), now - domain::settled_in_time, until.seq, consumer.filter};
    }
    store.keep_consumer(state, run.at > 0 ? &run : nullptr);
}

std::vector<domain::ConsumerLag> lags(store::Store& store, const std::vector<domain::Consumer>& consumers,
                                      util::Seconds now) {
    const std::vector<domain::ConsumerState> states = store.consumers();
    std::vector<domain::ConsumerLag> out;
    for (const domain::Consumer& consumer : consumers) {
        const auto found = std::ranges::find(states, consumer.name, &domain::ConsumerState::name);
        const domain::ConsumerState state = found == states.end() ? domain::ConsumerState{} : *found;
        // whoever is still being told of everybody lacks everything
        const domain::Cursor since = state.full_after ? domain::Cursor{} : state.cursor;
        out.push_back({consumer.name, store.lag(since, now), state.last_ok, state.failures, state.last_error});
    }
    return out;
}

} // namespace jmrp::handover
