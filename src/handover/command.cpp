#include "handover/command.hpp"

#include "util/fault.hpp"
#include "util/run_program.hpp"

namespace jmrp::handover {

namespace {

using util::Fault;
using util::FaultKind;

constexpr std::size_t most_in_a_batch = 1000;
constexpr int most_milliseconds = 5 * 60 * 1000;

exports::Verdict run(const domain::Consumer& consumer, std::span<const exports::Change> batch) {
    std::string input;
    exports::Writer writer(exports::format_named(consumer.format), {consumer.list},
                           [&](std::string_view bytes) { input += bytes; });
    for (const exports::Change& change : batch)
        change.add ? writer.add(change.suppression) : writer.remove(change.suppression);
    const exports::Totals totals = writer.finish();
    if (totals.added + totals.removed == 0)
        return {exports::Verdict::Kind::done, {}, totals.left_out};
    const std::string what = "hand suppressions to '" + consumer.command.front() + "'";
    const auto ran = util::run_program(consumer.command.front(), {consumer.command.begin() + 1, consumer.command.end()},
                                       most_milliseconds, std::size_t{1} << 20U, util::Surroundings::clean, input);
    if (!ran)
        throw Fault(FaultKind::system, what, "it cannot be started, was killed, or did not end within five minutes");
    if (ran->exit_status != 0)
        throw Fault(FaultKind::system, what, "it ended with " + std::to_string(ran->exit_status),
                    "run it by hand to see what it says");
    return {exports::Verdict::Kind::done, {}, totals.left_out};
}

} // namespace

Receiver command_receiver(const domain::Consumer& consumer) {
    const exports::Format& format = exports::format_named(consumer.format);
    Receiver receiver;
    receiver.most_added = most_in_a_batch;
    receiver.most_removed = format.remove ? most_in_a_batch : 0;
    receiver.has_scopes = format.has_scopes;
    receiver.carries = [&format, words = exports::Words{consumer.list}](const domain::Suppression& one) {
        std::string line;
        return (format.has_subscribers || !one.key.starts_with('@')) && format.add(line, one, words);
    };
    receiver.take = [consumer](std::span<const exports::Change> batch) { return run(consumer, batch); };
    return receiver;
}

} // namespace jmrp::handover
