#pragma once
#include <compare>
#include <string>

namespace jmrp::domain {

/// A recipient as a list program knows it: its own identifier, opaque to us.
struct Subscriber {
    std::string system; ///< "listmonk", "mautic", ...; "own" for a configured pattern that does not say
    std::string id;     ///< printable ASCII, as the program writes it

    auto operator<=>(const Subscriber&) const = default;
};

} // namespace jmrp::domain
