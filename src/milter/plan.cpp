#include "milter/plan.hpp"

#include <algorithm>
#include <set>

#include "attribute/rungs.hpp"
#include "util/text.hpp"

namespace jmrp::milter {

namespace {

constexpr std::size_t most_sealed = 255; ///< bytes of an address in a token

bool is_outgoing(const Client& client, const domain::StampingRules& rules) {
    return !client.ip || client.authenticated || domain::any_contains(rules.clients, *client.ip) ||
           domain::any_contains(rules.own_networks, *client.ip);
}

bool is_own(std::string_view domain, const domain::StampingRules& rules) {
    return attribute::is_own_domain(domain, rules.own_domains);
}

/// The domain of an address in angle brackets or bare; a From field may have a name before it.
bool names_own_domain(std::string_view text, const domain::StampingRules& rules) {
    if (const auto open = text.rfind('<'); open != std::string_view::npos)
        text = text.substr(open, text.find('>', open) == std::string_view::npos ? std::string_view::npos
                                                                                : text.find('>', open) - open + 1);
    const auto address = domain::parse_address(text);
    return address && is_own(address->domain, rules);
}

bool is_in_scope(const Letter& letter, const domain::StampingRules& rules) {
    return rules.scope == domain::StampScope::all || names_own_domain(letter.sender, rules) ||
           names_own_domain(letter.from, rules);
}

} // namespace

Plan plan(const Client& client, const Letter& letter, const domain::StampingRules& rules) {
    Plan out;
    if (!is_outgoing(client, rules) || !is_in_scope(letter, rules))
        return out;
    std::set<std::string, std::less<>> seen;
    std::size_t unreadable = 0; // an address literal, say: it is mailed to, and no address of ours
    for (const std::string& text : letter.recipients) {
        auto address = domain::parse_address(text);
        if (!address) {
            const bool complete = text.find('@') != std::string::npos; // "<root>" is local
            out.stamp = out.stamp || complete || rules.own_recipients;
            ++unreadable;
            continue;
        }
        out.stamp = out.stamp || rules.own_recipients || !is_own(address->domain, rules);
        if (seen.insert(address->key()).second)
            out.recipients.push_back(std::move(*address));
    }
    if (out.recipients.size() == 1 && unreadable == 0 && out.recipients.front().text().size() <= most_sealed)
        out.recipient = out.recipients.front();
    return out;
}

} // namespace jmrp::milter
