#pragma once
// Which suppressions go out: everybody, or what changed.
#include "domain/consumer.hpp"
#include "exports/writer.hpp"
#include "store/store.hpp"

namespace jmrp::handover {

struct Wanted {
    const exports::Format& format;
    domain::SuppressionFilter filter;
    exports::Words words;
};

/// Everybody who is suppressed now; a long list in parts that several threads read, each as of a moment of its own. So a cursor
/// that says what the export has was taken before. Throws Fault(busy) while a rebuild is under way, as does the next one: what
/// is missing then says nothing.
exports::Totals write_everybody(store::Store& store, const Wanted& wanted, util::Seconds now,
                                const exports::Writer::Sink& sink);

/// What may have changed after `since` up to `until`, as it is now: who is suppressed as added, everybody else as removed. Saying
/// it again does no harm, and it costs nothing for those who did not change. Nothing is called where nothing concerns `wanted`.
/// Throws Fault(not_found) where the journal does not reach so far back.
exports::Totals write_changes(store::Store& store, const Wanted& wanted, const domain::Cursor& since,
                              const domain::Cursor& until, util::Seconds now, const exports::Writer::Sink& sink);

/// Who is added or removed among what is known of the person `key`; a row a person, or a row a person and scope.
struct Listener {
    std::function<void(const domain::Suppression&)> add;
    std::function<void(const domain::Suppression&)> remove;
};
void say(const Listener& listener, const domain::SuppressionFilter& filter, bool has_scopes, const std::string& key,
         const std::vector<domain::Suppression>& known);
/// For each of the keys. `known` are those of the filter's scope.
void look_up_and_say(store::Store& store, const Listener& listener, const domain::SuppressionFilter& filter,
                     bool has_scopes, std::span<const std::string> keys, util::Seconds now);
/// Throws Fault(busy) while a rebuild is under way.
void refuse_half_a_list(store::Store& store);

/// The keys among `changed` that concern the filter, each once, in order.
std::vector<std::string> concerned(const std::vector<store::ChangedSuppression>& changed,
                                   const domain::SuppressionFilter& filter);

} // namespace jmrp::handover
