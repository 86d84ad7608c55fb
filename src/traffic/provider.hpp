#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::traffic {

struct ProviderSuffix {
    std::string suffix; ///< ".mail.example" for all hosts below a domain, "mx.mail.example" for that host; lower case
    std::string provider;
};

inline constexpr std::string_view other_provider = "other";

/// Whose door a receiving server is, by its host name: the recipient's domain does not tell, many are hosted elsewhere.
/// The configured suffixes are tried first, in order; other_provider where nothing fits.
std::string_view provider_of(std::string_view relay, const std::vector<ProviderSuffix>& configured = {});

} // namespace jmrp::traffic
