#include "domain/suppression.hpp"

#include <algorithm>

namespace jmrp::domain {

bool SuppressionFilter::takes(const Suppression& suppression) const {
    return takes(suppression.scope) &&
           (reasons.empty() || std::ranges::find(reasons, suppression.reason) != reasons.end());
}

} // namespace jmrp::domain
