#pragma once
// The machine-readable half of a delivery status notification (RFC 3464 section 2, RFC 6533).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"
#include "mail/message.hpp"

namespace jmrp::classify {

/// One entry a per-recipient block, in order, at most `limits.recipients`. An entry whose address cannot be read keeps
/// the rest of its block. Also reads systems that put everything into one block (Mimecast) or know no per-message block
/// (McAfee).
std::vector<domain::BouncedRecipient> read_delivery_status(std::string_view body, const domain::Limits& limits,
                                                           std::vector<domain::Defect>& defects);

/// The per-message fields (RFC 3464 section 2.2). Empty where a block about a recipient comes first.
mail::Fields read_message_fields(std::string_view body, const domain::Limits& limits);

/// Where such blocks begin in a text that holds them without a MIME part of their own; npos where it holds none.
std::size_t find_delivery_status(std::string_view text) noexcept;

/// "dns; MX.example.net. (192.0.2.1)" is "mx.example.net".
std::string host_in(std::string_view value);

/// Blanks and line ends folded to one blank, at most 4 KiB.
std::string tidy_reply(std::string_view text);

} // namespace jmrp::classify
