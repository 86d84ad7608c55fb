#pragma once
// What commands about suppressions take: whom, which scope, which reason, until when.
#include <optional>
#include <string_view>

#include "cli/command.hpp"
#include "domain/suppression.hpp"

namespace jmrp::cli {

/// All of these throw Fault(usage).
domain::Person read_person(std::string_view text);
domain::Scope read_scope(std::string_view text);
domain::Reason read_reason(std::string_view text);
/// "2027-01-31", when that day begins (UTC), or "90d", so many days from now.
util::Seconds read_expiry(std::string_view text, util::Seconds now);

std::optional<domain::Scope> scope_option(const Invocation& invocation);
/// --scope, and the reasons of --reason with commas between.
domain::SuppressionFilter filter_options(const Invocation& invocation);

} // namespace jmrp::cli
