#include "classify/detectors.hpp"

namespace jmrp::classify {

std::optional<Classified> detect_bounce(const mail::Part&, const domain::ReadingRules&) {
    return std::nullopt;
}

} // namespace jmrp::classify
