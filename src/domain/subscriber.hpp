#pragma once
#include <compare>
#include <string>

namespace jmrp::domain {

/// A recipient as a list program knows it: its own identifier, opaque to us.
struct Subscriber {
    std::string system; ///< "listmonk", "mautic", ... or the name of a configured pattern
    std::string id;

    auto operator<=>(const Subscriber&) const = default;
};

} // namespace jmrp::domain
