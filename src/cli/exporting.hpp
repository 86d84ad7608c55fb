#pragma once
#include <functional>

#include "cli/command.hpp"
#include "handover/batches.hpp"

namespace jmrp::cli {

/// Makes what tells the server of a consumer.
using MakeReceiver = std::function<handover::Receiver(const domain::Consumer&)>;

/// `jmrp export`. Without `server` it becomes jmrp-net where one of the consumers has a server.
ExitStatus run_export(const Invocation& invocation, const MakeReceiver& server);

} // namespace jmrp::cli
