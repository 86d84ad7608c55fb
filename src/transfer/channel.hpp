#pragma once
// A connection as bytes both ways: the protocols above it are tested with a script in its place.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

namespace jmrp::transfer {

/// For how long to wait, and for what besides.
struct Patience {
    std::chrono::seconds most{60};           ///< of silence
    const std::atomic<bool>* stop = nullptr; ///< null: nothing else ends it
};

class Channel {
  public:
    virtual ~Channel() = default;

    /// Both throw Fault(network) where the connection ends, breaks, or is silent for too long.
    virtual void send(std::string_view bytes) = 0;
    /// Waits for bytes and returns how many came, at least one; 0: `stop` was raised before any came.
    virtual std::size_t receive(std::span<char> into, const Patience& patience) = 0;
};

} // namespace jmrp::transfer
