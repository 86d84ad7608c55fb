#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/address.hpp"

namespace jmrp::domain {

/// A recipient as a list program knows it: its own identifier, opaque to us.
struct Subscriber {
    std::string system; ///< "listmonk", "mautic", ...; "own" for a configured pattern that does not say; without ":"
    std::string id;     ///< printable ASCII, as the program writes it

    auto operator<=>(const Subscriber&) const = default;
};

/// Whoever can be suppressed.
using Person = std::variant<Address, Subscriber>;

/// "user@example.com", or "@listmonk:5d1f" for a subscriber.
std::string text_of(const Person& person);
/// What two spellings of one person share. No address has the key of a subscriber: none begins with "@".
std::string key_of(const Person& person);
/// Reads what text_of() writes; nothing where it is neither.
std::optional<Person> parse_person(std::string_view text);

} // namespace jmrp::domain
