#pragma once
#include "cli/command.hpp"
#include "handover/batches.hpp"

namespace jmrp::network {

/// The server of consumer.server.url: keeps to its rate, waits where it asks for that, and tries again what fails, for as long
/// as the consumer's patience lasts.
handover::Receiver server_receiver(const domain::Consumer& consumer);

} // namespace jmrp::network
