#pragma once
// The Authentication-Results field (RFC 8601 section 2.2), read.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::authenticate {

/// "header.from=example.com": type "header", name "from".
struct ResultProperty {
    std::string type; ///< lower case, as are the names: "smtp", "header", "body", "policy"
    std::string name;
    std::string value; ///< quotes taken off
};

/// "dkim=pass reason=... header.d=..."
struct MethodResult {
    std::string method; ///< lower case, without its version
    std::string result; ///< lower case; also words that RFC 8601 does not know
    std::vector<ResultProperty> properties;

    /// The first of that name, or null.
    const std::string* property(std::string_view type, std::string_view name) const noexcept;
};

struct AuthenticationResults {
    std::string authserv_id;           ///< lower case, without the job that OpenDKIM and OpenDMARC write behind a slash
    std::vector<MethodResult> results; ///< empty for "none"
};

/// The unfolded value of one field. Nothing where it is not written as RFC 8601 says: no authserv-id (Microsoft's own), a
/// version other than 1, control characters, a comment or a quoted string without end, words where none can stand. Values
/// of properties may hold what the RFC wants quoted (OpenDKIM's and rspamd's header.b). No comment is ever read.
std::optional<AuthenticationResults> parse_authentication_results(std::string_view value);

} // namespace jmrp::authenticate
