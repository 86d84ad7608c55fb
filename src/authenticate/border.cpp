#include "authenticate/border.hpp"

#include <algorithm>

#include "mail/received.hpp"
#include "util/text.hpp"

namespace jmrp::authenticate {

namespace {

constexpr std::size_t most_fields = 64; ///< looked at: a border adds a handful

bool is_loopback(const domain::Ip& ip) {
    static const std::vector<domain::Network> loopback{*domain::parse_network("127.0.0.0/8"),
                                                       *domain::parse_network("::1/128")};
    return domain::any_contains(loopback, ip);
}

bool delivers_locally(std::string_view with) noexcept {
    return util::starts_with_ignoring_case(with, "LMTP") || util::equal_ignoring_case(with, "local");
}

/// Whether this hop handed the mail on inside, from a host of ours.
bool is_inside(std::string_view received, const domain::AuthenticityRules& rules) {
    if (!util::starts_with_ignoring_case(util::trim(received), "from"))
        return true;
    const mail::Hop hop = mail::read_received(received);
    const auto is_ours = [&](const domain::Ip& ip) { return is_loopback(ip) || any_contains(rules.relays, ip); };
    if (delivers_locally(hop.with))
        return std::all_of(hop.from_ips.begin(), hop.from_ips.end(),
                           [&](const domain::Ip& ip) { return is_ours(ip) || !ip.is_public(); });
    return !hop.from_ips.empty() && std::all_of(hop.from_ips.begin(), hop.from_ips.end(), is_ours);
}

bool is_configured(const std::vector<std::string>& ids, std::string_view id) {
    return std::any_of(ids.begin(), ids.end(),
                       [&](const std::string& one) { return util::equal_ignoring_case(one, id); });
}

} // namespace

BorderResults read_border_results(const mail::Fields& outer, const domain::AuthenticityRules& rules) {
    BorderResults out;
    if (rules.authserv_ids.empty()) {
        out.why_none = "authenticity.authserv_ids names no host whose Authentication-Results would be ours";
        return out;
    }
    bool outside = false; // below the border line
    bool any_of_ours = false;
    bool ours_below = false;
    bool unreadable = false;
    std::size_t looked_at = 0;
    for (const mail::Field& field : outer) {
        if (util::equal_ignoring_case(field.name, "Received"))
            outside = outside || !is_inside(field.value, rules);
        if (!util::equal_ignoring_case(field.name, "Authentication-Results") || ++looked_at > most_fields)
            continue;
        auto results = parse_authentication_results(field.value);
        if (!results) {
            unreadable = unreadable || !outside;
            continue;
        }
        if (!is_configured(rules.authserv_ids, results->authserv_id))
            continue;
        any_of_ours = true;
        if (outside)
            ours_below = true;
        else
            out.believed.push_back(std::move(*results));
    }
    if (!outside) {
        out.believed.clear();
        if (any_of_ours)
            out.why_none =
                "no Received field shows where the mail came in, so its Authentication-Results may be a stranger's";
    } else if (out.believed.empty() && ours_below) {
        out.why_none =
            "Authentication-Results with our name stand below the Received field of our border, where a stranger can "
            "have written them";
    }
    if (out.believed.empty() && out.why_none.empty())
        out.why_none = unreadable ? "the Authentication-Results on top are not written as RFC 8601 says"
                                  : "no Authentication-Results are from a host of authenticity.authserv_ids";
    return out;
}

} // namespace jmrp::authenticate
