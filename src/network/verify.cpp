#include "network/verify.hpp"

#include "cli/output.hpp"
#include "cli/settling.hpp"
#include "cli/stop.hpp"
#include "dkim/check.hpp"
#include "util/compress.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"

namespace jmrp::network {

namespace {

constexpr std::size_t batch = 50;
/// How long the DNS may be silent before a report is settled as it is, and how often it was asked at least.
constexpr util::Seconds most_patience = util::Seconds{5} * 86'400;
constexpr int least_tries = 5;

/// What is kept of a check now; nothing: it is tried again later.
std::optional<domain::DkimFinding> finding_of(const store::DkimWaiting& waiting, const dkim::FindKey& find_key,
                                              util::Seconds now) {
    const util::Seconds age = now - waiting.since;
    // Twice as long and still here: it is the checker that fails.
    if (age > 2 * most_patience && waiting.tries > 2 * least_tries)
        return domain::DkimFinding{domain::DkimFinding::Result::unknown, {}, "it could not be checked"};
    // Kept within the limit of its day; that limit may have been lowered since.
    dkim::Check check =
        dkim::check_dkim(util::decompress(waiting.frame, std::size_t{1} << 30), find_key, waiting.received_at);
    if (!check.complete && (age < most_patience || waiting.tries < least_tries))
        return std::nullopt;
    return std::move(check.finding);
}

/// Checks what may be tried now. A message that kills the checker rests like one whose keys were not to be had: its try has
/// been counted before.
void check_waiting(const cli::Invocation& invocation) {
    store::Store store = cli::open_store(invocation);
    const std::filesystem::path& file = invocation.config.dkim_keys;
    const dkim::FindKey find_key = file.empty() ? dkim::keys_from_dns() : dkim::keys_from_file(file);
    std::int64_t unanswered = 0;
    while (!cli::stop_wanted) {
        const util::Seconds now = util::now();
        const std::vector<store::DkimWaiting> waiting = store.dkim_waiting(batch, now);
        if (waiting.empty())
            break;
        std::vector<store::DkimKept> kept;
        for (const store::DkimWaiting& one : waiting) {
            if (cli::stop_wanted)
                break;
            if (auto finding = finding_of(one, find_key, now))
                kept.push_back({one.message_id, std::move(*finding)});
            else
                ++unanswered;
        }
        store.keep_dkim(kept, now);
    }
    if (unanswered > 0)
        util::log(util::LogLevel::info,
                  cli::grouped(unanswered) +
                      " report(s) wait on: the DNS gave no key and did not say that there is none");
}

} // namespace

cli::ExitStatus run_verify(const cli::Invocation& invocation) {
    cli::expect_arguments(invocation.arguments, 0, "no arguments");
    if (!invocation.config.rules.check_dkim())
        throw util::Fault(util::FaultKind::configuration, "check signatures", "authenticity.check_dkim is off");
    cli::open_store(invocation); // trouble with the database is told here, by the ordinary way
    return cli::supervised([&] {
        check_waiting(invocation);
        return cli::settle_queue(invocation);
    });
}

} // namespace jmrp::network
