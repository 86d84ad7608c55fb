#include <unistd.h>

#include <cstdio>

#include "cli/commands/commands.hpp"
#include "cli/feeds.hpp"
#include "cli/keeping.hpp"
#include "cli/network.hpp"
#include "cli/settling.hpp"
#include "source/source.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"feed", "NAME", "under which name it is counted, such as the mailbox's; else 'default'"},
};

constexpr const char* standard_input = "-";

/// The pipe contract: what follows accept() can fail as it likes, the mail is kept. The parser never runs in this process.
void deliver(const Invocation& invocation, std::string_view feed) {
    const auto source = source::open(standard_input, invocation.config.rules.reading.limits.message_bytes);
    const auto message = source->next();
    if (!message || message->bytes.empty())
        throw util::Fault(util::FaultKind::usage, "keep a message", "there is none on standard input");
    const util::Seconds received_at = util::now();
    DeliverySettler settler(invocation, message->bytes, feed, received_at);
    store::Prepared prepared = store::prepare(*message);
    store::Store store = open_store(invocation);
    const auto ids = store.accept(std::span(&prepared, 1), feed, received_at, store::Queue::claimed);
    settler.settle(ids.front()); // while our connection is open the settler finds the database warm
}

ExitStatus keep_all(const Invocation& invocation, const std::vector<std::string>& sources, std::string_view feed) {
    std::vector<std::unique_ptr<source::Source>> opened; // a mistyped name stops all of it before anything is kept
    for (const std::string& spec : sources)
        opened.push_back(source::open(spec, invocation.config.rules.reading.limits.message_bytes));
    ingest::AcceptTotals totals;
    {
        Keeper keeper(invocation);
        for (const auto& source : opened)
            totals += keeper.keep(*source, feed);
        keeper.close();
    }
    tell_kept(invocation, totals);
    return totals.stopped ? ExitStatus::try_again : settle_queue(invocation); // what others left behind
}

constexpr std::string_view mailbox_prefix = "imap:";

/// The feeds of "imap:FEED ..."; nothing where the sources are others.
std::vector<std::string> mailboxes_in(const Invocation& invocation) {
    std::vector<std::string> names;
    for (const std::string& source : invocation.arguments)
        if (source.starts_with(mailbox_prefix))
            names.push_back(source.substr(mailbox_prefix.size()));
    if (names.empty())
        return names;
    if (names.size() < invocation.arguments.size())
        throw util::Fault(util::FaultKind::usage, "read mailboxes and other sources at one go",
                          "imap:FEED stands with nothing but others of its kind", "run 'jmrp ingest' twice");
    if (invocation.has("feed"))
        throw util::Fault(util::FaultKind::usage, "read a mailbox as another feed", "imap:FEED names it already",
                          "leave --feed out");
    return names;
}

/// Becomes 'jmrp poll'.
[[noreturn]] void poll(const Invocation& invocation, const std::vector<std::string>& names) {
    std::vector<std::string> line = line_for(invocation, "poll");
    for (const domain::Feed* feed : feeds_with_mailbox(invocation.config, names))
        line.push_back(feed->name);
    become(Runs::in_jmrp_net, line);
}

ExitStatus run(const Invocation& invocation) {
    if (const auto names = mailboxes_in(invocation); !names.empty())
        poll(invocation, names);
    std::vector<std::string> sources = invocation.arguments;
    const std::string feed = invocation.value("feed").value_or(domain::default_feed);
    if (sources.empty())
        sources.emplace_back(standard_input);
    if (sources.size() == 1 && sources.front() == standard_input) {
        if (::isatty(STDIN_FILENO) == 1)
            std::fputs("Reading one message from the terminal; Ctrl-D ends it.\n", stderr);
        deliver(invocation, feed);
        return ExitStatus::ok;
    }
    const ExitStatus status = supervised([&] { return keep_all(invocation, sources, feed); });
    return status == ExitStatus::ok ? status : ExitStatus::try_again;
}

} // namespace

const Command ingest_command{"ingest",
                             "[--feed NAME] [- | FILE | mbox:PATH | maildir:PATH | DIRECTORY | imap:FEED ...]",
                             "keep messages and count what they say; without a source, one message from standard input",
                             "echo 'fbl: \"|/usr/bin/jmrp ingest\"' >> /etc/jmrp/aliases",
                             options,
                             run};

} // namespace jmrp::cli
