#pragma once
// Addresses in running text.
#include <cstddef>
#include <optional>
#include <string_view>

#include "domain/address.hpp"

namespace jmrp::classify {

/// An address and where its letters stand in the text, without any bracket or quote around it.
struct FoundAddress {
    domain::Address address;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// The first address that begins at or after `from`. Its domain has a dot and does not end in a number, so that neither
/// "root@localhost" nor "550@5.1.1" counts.
std::optional<FoundAddress> find_address(std::string_view text, std::size_t from = 0);

/// An address of the mail system itself ("mailer-daemon@", "postmaster@"): it never is the one that failed.
bool is_mail_system(std::string_view local_part) noexcept;

} // namespace jmrp::classify
