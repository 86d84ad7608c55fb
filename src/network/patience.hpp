#pragma once
#include <chrono>
#include <string>

namespace jmrp::network {

/// How long one run goes on trying a server that fails or asks to wait.
class Patience {
  public:
    /// `total` is for all waiting; `attempted` is what a Fault says.
    Patience(std::chrono::seconds total, std::string attempted) : left_(total), attempted_(std::move(attempted)) {}

    /// A new request: pauses are short again.
    void begin();
    /// Waits a second, and each time twice as long; at least as long as the server asks for. Throws Fault(network) with `why`
    /// where less is left, Fault(busy) where the run is told to stop.
    void wait(std::chrono::seconds asked_for, const std::string& why);

  private:
    std::chrono::seconds left_;
    std::chrono::seconds pause_{1};
    std::string attempted_;
};

/// Throws Fault(busy) where the run is told to stop.
void rest_until(std::chrono::steady_clock::time_point until);

} // namespace jmrp::network
