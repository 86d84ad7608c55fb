#include "domain/scope.hpp"

#include <algorithm>

#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::domain {

std::string Scope::text() const {
    return std::string(to_text(kind)) + (kind == ScopeKind::global ? "" : ":" + name);
}

std::string Scope::key() const {
    return kind == ScopeKind::global ? std::string() : text();
}

bool covers(const Scope& suppressed, const Scope& asked) {
    return suppressed.kind == ScopeKind::global || suppressed == asked;
}

std::optional<Scope> parse_scope(std::string_view text) {
    if (text.empty() || text == to_text(ScopeKind::global))
        return Scope{};
    const std::size_t colon = text.find(':');
    const auto kind = from_text<ScopeKind>(text.substr(0, colon));
    if (!kind || *kind == ScopeKind::global || colon == std::string_view::npos)
        return std::nullopt;
    const std::string_view name = text.substr(colon + 1);
    const auto printable = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; };
    if (name.empty() || name.size() > 255 || !std::all_of(name.begin(), name.end(), printable))
        return std::nullopt;
    if (*kind == ScopeKind::domain) {
        auto domain = util::domain_to_ascii(name);
        return domain ? std::optional<Scope>({*kind, std::move(*domain)}) : std::nullopt;
    }
    const std::string valid = util::to_valid_utf8(name);
    return Scope{*kind, *kind == ScopeKind::list ? util::lower(valid) : valid};
}

} // namespace jmrp::domain
