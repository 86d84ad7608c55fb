#pragma once
// Spellings that reach one mailbox: what providers do beyond RFC 5321, which leaves the local part to them.
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::domain {

struct FoldingRules {
    /// Domains where a local part goes on after "+" with whatever its owner likes (subaddressing, RFC 5233).
    std::vector<std::string> plus = {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com",   "live.com",
                                     "msn.com",   "fastmail.com",   "proton.me",   "protonmail.com"};
    /// Domains where dots of the local part mean nothing.
    std::vector<std::string> dots = {"gmail.com", "googlemail.com"};
};

/// What the spellings of one mailbox share, by these rules: a key_of() without what means nothing there. The key itself for a
/// domain without a rule, a quoted local part, a subscriber, and where nothing would be left.
std::string fold(const FoldingRules& rules, std::string_view key);

} // namespace jmrp::domain
