#include "handover/batches.hpp"

#include <algorithm>

#include "store/locks.hpp"
#include "util/fault.hpp"
#include "util/kill_point.hpp"

namespace jmrp::handover {

namespace {

using domain::Suppression;
using exports::Change;
using exports::Verdict;
using util::Fault;
using util::FaultKind;

/// Changes of the journal between two movements of the cursor: few, as each movement is synced to disk, and each repeats after
/// a death.
constexpr std::int64_t least_part = 100;
/// So many in a row are no accident.
constexpr int most_refused_at_first = 20;

class Run {
  public:
    Run(store::Store& store, const domain::Consumer& consumer, const Receiver& receiver, const Wishes& wishes,
        domain::ConsumerState& state, util::Seconds now, Outcome& outcome)
        : store_(store), consumer_(consumer), receiver_(receiver), wishes_(wishes), state_(state), now_(now),
          outcome_(outcome), part_(std::max(least_part, static_cast<std::int64_t>(receiver.most_added))) {}

    /// Throws Fault where it cannot go on, as when it is told to stop.
    void operator()(const domain::Cursor& until) {
        if (wishes_.full || state_.form != consumer_.form() || !store_.changes(state_.cursor, state_.cursor)) {
            state_.form = consumer_.form();
            state_.full_after = "";
            state_.cursor = until; // what comes from now on is new; the others have their turn first
            keep();
        }
        if (state_.full_after)
            tell_of_everybody();
        tell_what_is_new(until);
    }

  private:
    void tell_of_everybody() {
        outcome_.full = true;
        for (bool more = true; more;) {
            std::vector<Change> changes;
            std::string last = *state_.full_after;
            more = false;
            store_.in_snapshot([&] {
                refuse_half_a_list(store_);
                store_.for_each_suppression_in({last, {}}, now_, store::Detail::all, [&](const Suppression& one) {
                    if (one.key != last && static_cast<std::int64_t>(changes.size()) >= part_) {
                        more = true;
                        return false;
                    }
                    last = one.key;
                    const bool said =
                        !receiver_.has_scopes && !changes.empty() && changes.back().suppression.key == one.key;
                    if (!said && one.active && consumer_.filter.takes(one))
                        changes.push_back({true, one});
                    return true;
                });
            });
            deliver(changes);
            state_.full_after = more ? std::optional(last) : std::nullopt;
            keep();
        }
    }

    void tell_what_is_new(const domain::Cursor& until) {
        while (state_.cursor != until) {
            domain::Cursor next = until;
            if (state_.cursor.seq + part_ < until.seq)
                next = {state_.cursor.seq + part_, state_.cursor.at}; // who expires has a turn with the last part
            std::vector<Change> changes;
            store_.in_snapshot([&] {
                refuse_half_a_list(store_);
                const auto changed = store_.changes(state_.cursor, next);
                if (!changed)
                    throw Fault(FaultKind::busy, "export what is new", "the journal was shortened meanwhile");
                const Listener listener{[&](const Suppression& one) {
                                            changes.push_back({true, one});
                                        },
                                        [&](const Suppression& one) {
                                            changes.push_back({false, one});
                                        }};
                look_up_and_say(store_, listener, consumer_.filter, receiver_.has_scopes,
                                concerned(*changed, consumer_.filter), now_);
            });
            deliver(changes);
            state_.cursor = next;
            if (next != until)
                keep();
        }
    }

    void deliver(std::vector<Change>& changes) {
        std::erase_if(changes, [&](const Change& change) {
            const bool unsaid = !change.add && receiver_.most_removed == 0;
            const bool left_out = !unsaid && !receiver_.carries(change.suppression);
            outcome_.totals.unsaid += unsaid ? 1 : 0;
            outcome_.totals.left_out += left_out ? 1 : 0;
            return unsaid || left_out;
        });
        const auto removals =
            std::stable_partition(changes.begin(), changes.end(), [](const Change& change) { return change.add; });
        deliver(std::span(changes.begin(), removals), receiver_.most_added);
        deliver(std::span(removals, changes.end()), receiver_.most_removed);
    }

    void deliver(std::span<const Change> changes, std::size_t most) {
        for (; !changes.empty(); changes = changes.subspan(std::min(most, changes.size())))
            deliver_batch(changes.first(std::min(most, changes.size())));
    }

    void deliver_batch(std::span<const Change> batch) {
        if (receiver_.stop && *receiver_.stop)
            throw Fault(FaultKind::busy, "go on", "it was told to stop");
        const auto size = static_cast<std::int64_t>(batch.size());
        Verdict verdict;
        if (!wishes_.dry_run)
            verdict = receiver_.take(batch);
        util::kill_point("export.taken");
        exports::Totals& totals = outcome_.totals;
        switch (verdict.kind) {
        case Verdict::Kind::done:
            (batch.front().add ? totals.added : totals.removed) += size - std::min(size, verdict.refused);
            totals.refused += std::min(size, verdict.refused);
            return;
        case Verdict::Kind::wrong:
            throw Fault(FaultKind::configuration, "export to " + consumer_.name, verdict.why);
        case Verdict::Kind::refused:
            if (size > 1) {
                deliver_batch(batch.first(batch.size() / 2));
                deliver_batch(batch.subspan(batch.size() / 2));
                return;
            }
            ++totals.refused;
            if (totals.refused >= most_refused_at_first && totals.added + totals.removed == 0)
                throw Fault(FaultKind::configuration, "export to " + consumer_.name,
                            "it refuses everybody: " + verdict.why);
        }
    }

    void keep() {
        if (wishes_.dry_run)
            return;
        store_.keep_consumer(state_);
        util::kill_point("export.part");
    }

    store::Store& store_;
    const domain::Consumer& consumer_;
    const Receiver& receiver_;
    const Wishes& wishes_;
    domain::ConsumerState& state_;
    util::Seconds now_;
    Outcome& outcome_;
    std::int64_t part_;
};

} // namespace

Outcome hand_over_in_batches(store::Store& store, const std::filesystem::path& database,
                             const domain::Consumer& consumer, const Receiver& receiver, const Wishes& wishes,
                             util::Seconds now) {
    const store::ExportLock lock(database, consumer.name);
    if (!lock.held())
        return {Result::put_off, false, {}, "another export of it is under way"};
    domain::ConsumerState state = store.consumer(consumer.name);
    const domain::Cursor until = store.newest_change(now);
    Outcome outcome;
    try {
        Run(store, consumer, receiver, wishes, state, now, outcome)(until);
        const exports::Totals& totals = outcome.totals;
        if (totals.added + totals.removed + totals.refused == 0)
            outcome.result = Result::nothing_new;
    } catch (const Fault& fault) {
        outcome.result = fault.kind() == FaultKind::busy ? Result::put_off : Result::failed;
        outcome.why = fault.what();
    }
    if (!wishes.dry_run)
        remember(store, state, consumer, outcome, until, now);
    return outcome;
}

} // namespace jmrp::handover
