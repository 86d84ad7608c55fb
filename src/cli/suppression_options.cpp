#include "cli/suppression_options.hpp"

#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

constexpr util::Seconds day = 86400;

} // namespace

domain::Person read_person(std::string_view text) {
    auto person = domain::parse_person(text);
    if (!person)
        throw Fault(FaultKind::usage, "read the address", "'" + util::for_terminal(text) + "' is no complete address");
    return std::move(*person);
}

domain::Scope read_scope(std::string_view text) {
    auto scope = text.empty() ? std::nullopt : domain::parse_scope(text);
    if (!scope)
        throw Fault(FaultKind::usage, "read the scope", "'" + util::for_terminal(text) + "' is none",
                    "global, domain:example.org, list:ID or stream:NAME");
    return std::move(*scope);
}

domain::Reason read_reason(std::string_view text) {
    const auto reason = domain::from_text<domain::Reason>(text);
    if (!reason)
        throw Fault(FaultKind::usage, "read the reason", "'" + util::for_terminal(text) + "' is none",
                    "complaint, unsubscribe, bounce, manual or import; --note takes words of yours");
    return *reason;
}

util::Seconds read_expiry(std::string_view text, util::Seconds now) {
    constexpr std::uint64_t most_days = 36'500;
    if (text.ends_with('d'))
        if (const auto days = util::parse_unsigned(text.substr(0, text.size() - 1)); days && *days <= most_days)
            return now + static_cast<util::Seconds>(*days) * day;
    const auto date = util::parse_iso_day(text);
    if (!date)
        throw Fault(FaultKind::usage, "read the expiry", "'" + util::for_terminal(text) + "' is none",
                    "a day such as 2027-01-31, or a number of days such as 90d");
    return static_cast<util::Seconds>(*date) * day;
}

std::optional<domain::Scope> scope_option(const Invocation& invocation) {
    const auto text = invocation.value("scope");
    return text ? std::optional(read_scope(*text)) : std::nullopt;
}

domain::SuppressionFilter filter_options(const Invocation& invocation) {
    domain::SuppressionFilter filter;
    filter.scope = scope_option(invocation);
    if (const auto text = invocation.value("reason"))
        for (const std::string_view one : util::split(*text, ','))
            filter.reasons.push_back(read_reason(one));
    return filter;
}

} // namespace jmrp::cli
