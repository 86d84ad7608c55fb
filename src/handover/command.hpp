#pragma once
#include "handover/batches.hpp"

namespace jmrp::handover {

/// The program of consumer.command: one process a batch, which it reads from its standard input in the consumer's format; it
/// took the batch where it ends with 0 within five minutes.
Receiver command_receiver(const domain::Consumer& consumer);

} // namespace jmrp::handover
