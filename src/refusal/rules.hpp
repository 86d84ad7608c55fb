#pragma once
// What refusals mean, as data: the built-in rows are in table.cpp, the administrator's come from the configuration.
#include <span>
#include <string_view>

#include "domain/refusal_rule.hpp"

namespace jmrp::refusal {

/// Whose words they are. Microsoft and others say the same of rates, recipients and trouble; what they say of a listed
/// address is Microsoft's alone.
enum class Where {
    anywhere,
    not_elsewhere, ///< unless the refusing host is known to be another's
    microsoft,     ///< where the refusing host is known to be Microsoft's
    words,         ///< anywhere, but not in addresses and links
};

enum class Listed { nowhere, outlook_com, office365, spamhaus, by_door };

struct Row {
    std::string_view id;
    domain::RejectionCategory category;
    Listed list;
    Where where;
    std::string_view pattern; ///< of a Pattern; empty: any text
    std::string_view status;  ///< what the enhanced status code must be, as a regular expression; empty: any, or none
};

/// In order: the first that fits decides.
std::span<const Row> table();

/// Names the address in the wording that all listings of Outlook.com share; asked where an ip_block names none itself.
inline constexpr std::string_view shared_anchor = R"(messagesfrom\[?{ip}\]?weren.{1,3}tsent)";

} // namespace jmrp::refusal
