#include <cstdio>

#include "cli/commands/commands.hpp"
#include "cli/overview.hpp"
#include "publish/prometheus.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"to", "FILE", "into this file, in one step, readable for everybody; else standard output"},
};

/// Who reads what is published, and how it is said to them.
constexpr const char* forms[] = {"prometheus"};

ExitStatus run(const Invocation& invocation) {
    std::vector<std::string> arguments = invocation.arguments;
    take_verb(arguments, forms);
    expect_arguments(arguments, 0, "the name of a form alone");
    store::Options how = store_options(invocation);
    how.create = false;
    store::Store store(how);
    const std::string text = publish::prometheus_text(gather_overview(store, invocation.config, util::now()));
    if (const auto to = invocation.value("to"))
        util::write_atomically(*to, text, 0644);
    else if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw util::Fault(util::FaultKind::system, "write to standard output",
                          "the reader went away or the disk is full");
    return ExitStatus::ok;
}

} // namespace

const Command publish_command{"publish",
                              "prometheus [--to FILE]",
                              "how things stand, for Prometheus (the textfile collector of its node exporter)",
                              "jmrp publish prometheus --to /var/lib/prometheus/node-exporter/jmrp.prom",
                              options,
                              run};

} // namespace jmrp::cli
