#include "handover/write.hpp"

#include <algorithm>
#include <deque>
#include <mutex>

#include "util/fault.hpp"
#include "util/worker_pool.hpp"

namespace jmrp::handover {

namespace {

using domain::Suppression;
using util::Fault;
using util::FaultKind;

constexpr std::size_t keys_at_once = 4096;
/// What a thread reads at once: as text some hundred kilobytes.
constexpr std::int64_t rows_at_once = 10'000;
constexpr unsigned most_threads = 4;

} // namespace

void refuse_half_a_list(store::Store& store) {
    if (store.is_rebuilding())
        throw Fault(FaultKind::busy, "export suppressions", "a rebuild is under way and the list is not whole",
                    "it goes on when 'jmrp settle' is done");
}

void say(const Listener& listener, const domain::SuppressionFilter& filter, bool has_scopes, const std::string& key,
         const std::vector<Suppression>& known) {
    const auto is_in_force = [&](const Suppression& one) { return one.active && filter.takes(one); };
    if (has_scopes) {
        for (const Suppression& one : known)
            is_in_force(one) ? listener.add(one) : listener.remove(one);
    } else if (const auto found = std::ranges::find_if(known, is_in_force); found != known.end()) {
        listener.add(*found);
    } else if (!known.empty()) {
        listener.remove(known.front());
    }
    if (!known.empty())
        return;
    Suppression gone; // the reports that suppressed it say something else since a rebuild
    gone.key = gone.person = key;
    listener.remove(gone);
}

void look_up_and_say(store::Store& store, const Listener& listener, const domain::SuppressionFilter& filter,
                     bool has_scopes, std::span<const std::string> keys, util::Seconds now) {
    std::vector<std::vector<Suppression>> known(keys.size());
    store.look_up_suppressions(keys, now, [&](std::size_t index, const Suppression& one) {
        if (filter.takes(one.scope))
            known[index].push_back(one);
    });
    for (std::size_t i = 0; i < keys.size(); ++i)
        say(listener, filter, has_scopes, keys[i], known[i]);
}

namespace {

exports::Rows rows_in(store::Store& store, const store::KeyRange& range, const Wanted& wanted, util::Seconds now) {
    const bool says_who = !wanted.format.has_details && wanted.filter.reasons.empty();
    exports::Writer writer(wanted.format, wanted.words);
    store.in_snapshot([&] {
        refuse_half_a_list(store);
        store.for_each_suppression_in(range, now, says_who ? store::Detail::who : store::Detail::all,
                                      [&](const Suppression& one) {
                                          if (one.active && wanted.filter.takes(one))
                                              writer.add(one);
                                          return true;
                                      });
    });
    return std::move(writer).rows();
}

/// Stores of the same database, one for each thread that reads.
class Readers {
  public:
    explicit Readers(store::Options options) : options_(std::move(options)) { options_.maps = true; }

    /// One that nobody else uses before it is let go.
    auto take() {
        std::unique_ptr<store::Store> one;
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                one = std::move(idle_.back());
                idle_.pop_back();
            }
        }
        if (!one)
            one = std::make_unique<store::Store>(options_);
        const auto give_back = [this](store::Store* store) {
            const std::lock_guard lock(mutex_);
            idle_.emplace_back(store);
        };
        return std::unique_ptr<store::Store, decltype(give_back)>(one.release(), give_back);
    }

  private:
    store::Options options_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<store::Store>> idle_;
};

} // namespace

exports::Totals write_everybody(store::Store& store, const Wanted& wanted, util::Seconds now,
                                const exports::Writer::Sink& sink) {
    exports::Writer writer(wanted.format, wanted.words, sink);
    std::optional<std::string> up_to = store.key_further({}, rows_at_once);
    if (!up_to) {
        writer.add(rows_in(store, {}, wanted, now));
        return writer.finish();
    }
    const unsigned threads = std::min(util::processors(), most_threads);
    std::deque<std::future<exports::Rows>> parts; // in order of key
    Readers readers(store.options());
    util::WorkerPool pool(threads);
    std::string after;
    for (bool more = true; more || !parts.empty();) {
        for (; more && parts.size() < 2 * std::size_t{threads}; more = up_to.has_value()) {
            if (!after.empty())
                up_to = readers.take()->key_further(after, rows_at_once);
            parts.push_back(pool.submit([&, range = store::KeyRange{after, up_to}] {
                const auto own = readers.take();
                return rows_in(*own, range, wanted, now);
            }));
            after = up_to.value_or("");
        }
        writer.add(parts.front().get());
        parts.pop_front();
    }
    return writer.finish();
}

std::vector<std::string> concerned(const std::vector<store::ChangedSuppression>& changed,
                                   const domain::SuppressionFilter& filter) {
    std::vector<std::string> keys;
    for (const store::ChangedSuppression& one : changed)
        if (filter.takes(one.scope) && (keys.empty() || keys.back() != one.key))
            keys.push_back(one.key);
    return keys;
}

exports::Totals write_changes(store::Store& store, const Wanted& wanted, const domain::Cursor& since,
                              const domain::Cursor& until, util::Seconds now, const exports::Writer::Sink& sink) {
    exports::Totals totals;
    store.in_snapshot([&] {
        refuse_half_a_list(store);
        const auto changed = store.changes(since, until);
        if (!changed)
            throw Fault(FaultKind::not_found, "export what is new", "the journal does not reach so far back",
                        "--full exports everybody");
        const std::vector<std::string> keys = concerned(*changed, wanted.filter);
        if (keys.empty())
            return;
        exports::Writer writer(wanted.format, wanted.words, sink);
        const Listener listener{[&](const Suppression& one) { writer.add(one); },
                                [&](const Suppression& one) { writer.remove(one); }};
        for (std::size_t begin = 0; begin < keys.size(); begin += keys_at_once) {
            const std::span<const std::string> some(keys.data() + begin, std::min(keys_at_once, keys.size() - begin));
            look_up_and_say(store, listener, wanted.filter, wanted.format.has_scopes, some, now);
        }
        totals = writer.finish();
    });
    return totals;
}

} // namespace jmrp::handover
