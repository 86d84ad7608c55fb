#pragma once
#include <optional>
#include <string>

#include "domain/rejection.hpp"

namespace jmrp::domain {

/// A rule of the administrator's, asked before the built-in ones; one with the id of a built-in rule replaces it.
struct RefusalRule {
    std::string id;
    RejectionCategory category = RejectionCategory::other;
    std::optional<BlockList> list;
    std::string pattern; ///< see refusal/pattern.hpp

    bool operator==(const RefusalRule&) const = default;
    auto operator<=>(const RefusalRule&) const = default; // NOLINT(modernize-use-nullptr)
};

} // namespace jmrp::domain
