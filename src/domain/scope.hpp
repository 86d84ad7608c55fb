#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "domain/names.hpp"

namespace jmrp::domain {

/// Which mail a suppression is about: all, that of one sending domain, of one list, or of one stream (newsletters, receipts).
enum class ScopeKind { global, domain, list, stream };
template <>
struct Names<ScopeKind> {
    static constexpr std::pair<ScopeKind, std::string_view> table[] = {{ScopeKind::global, "global"},
                                                                       {ScopeKind::domain, "domain"},
                                                                       {ScopeKind::list, "list"},
                                                                       {ScopeKind::stream, "stream"}};
};

struct Scope {
    ScopeKind kind = ScopeKind::global;
    std::string name; ///< empty for global alone

    /// "global", "domain:example.org", "list:news.example.org", "stream:receipts".
    std::string text() const;
    /// The same, "" for global: as the database has it.
    std::string key() const;

    auto operator<=>(const Scope&) const = default;
};

/// Whether a suppression of the scope `suppressed` is in force for mail of the scope `asked`.
bool covers(const Scope& suppressed, const Scope& asked);

/// Reads what text() and key() write. Domains are brought to lower-case A-labels, lists to lower case (RFC 2919 section 2).
/// Nothing where it is none: another kind, no domain name, an empty name, controls or blanks in it, over 255 bytes.
std::optional<Scope> parse_scope(std::string_view text);

} // namespace jmrp::domain
