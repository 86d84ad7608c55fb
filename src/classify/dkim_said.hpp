#pragma once
// What the provider found of the DKIM signatures of the mail that a report returns.
#include <optional>
#include <string>
#include <vector>

#include "classify/derive.hpp"

namespace jmrp::classify {

/// d= of the signatures that were right, lower case, by the Authentication-Results above the hop at which the mail came in (where
/// none shows the source IP, above all of them): what stands below is the sender's. Nothing: no such field speaks of DKIM. Both shapes of Microsoft's are read, with an authserv-id
/// ("hotmail.com; spf=pass ...; dkim=pass header.d=...") and without.
std::optional<std::vector<std::string>> read_dkim_said(const mail::Fields& original,
                                                       const std::optional<domain::Ip>& source_ip);

} // namespace jmrp::classify
