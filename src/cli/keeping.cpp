#include "cli/keeping.hpp"

#include <unistd.h>

#include <cstdio>

#include "cli/stop.hpp"
#include "store/locks.hpp"

namespace jmrp::cli {

namespace {

store::Options options_of_a_batch(const Invocation& invocation) {
    store::Options options = store_options(invocation);
    options.checkpoint_pages = 65'536; // 256 MB: a page that many reports change is copied once
    return options;
}

std::string summary(const ingest::AcceptTotals& totals) {
    std::string text = grouped(static_cast<std::int64_t>(totals.accepted)) + " kept";
    for (const auto& [count, what] :
         {std::pair{totals.known, " known before"}, std::pair{totals.truncated, " of them cut at the size limit"},
          std::pair{totals.skipped, " could not be read"}})
        if (count > 0)
            text += ", " + grouped(static_cast<std::int64_t>(count)) + what;
    return text + (totals.stopped ? "; stopped, run it again to go on" : "");
}

} // namespace

Keeper::Keeper(const Invocation& invocation)
    : invocation_(invocation), store_(options_of_a_batch(invocation)), progress_(!invocation.quiet) {}

ingest::AcceptTotals Keeper::keep(source::Source& source, std::string_view feed) {
    const store::SettlingLock lock(invocation_.config.database, false);
    return ingest::accept_all(store_, source, feed, lock.held() ? &invocation_.config.rules : nullptr, stop_wanted,
                              [&](const ingest::Progress& step) { progress_.show(step); });
}

void tell_kept(const Invocation& invocation, const ingest::AcceptTotals& totals) {
    if (!invocation.quiet && (invocation.verbose || ::isatty(STDERR_FILENO) == 1))
        std::fprintf(stderr, "%s\n", summary(totals).c_str());
}

} // namespace jmrp::cli
