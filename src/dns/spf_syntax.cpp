#include "dns/spf_syntax.hpp"

#include <set>

#include "domain/ip.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::dns {

namespace {

constexpr std::string_view version = "v=spf1";

// Groups of the grammar.
constexpr std::size_t in_mechanism = 1;
constexpr std::size_t in_known = 2;
constexpr std::size_t in_value = 3;

/// One term. The letters c, r and t of macros are of explanations alone.
std::string grammar() {
    const std::string expand = R"((?:%\{[slodiphv](?:0*[1-9][0-9]*)?r?[.\-+,/_=]*\}|%[%_\-]))";
    const std::string text = "(?:" + expand + R"(|[\x21-\x24\x26-\x7e])*)";
    const std::string top = R"((?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9\-]*[a-z0-9]))";
    const std::string domain = "(?:" + text + "(?:" + expand + R"(|\.)" + top + R"(\.?)))";
    const std::string length4 = "(?:/(?:3[0-2]|[12]?[0-9]))?";
    const std::string length6_of = "/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])";
    const std::string length6 = "(?:" + length6_of + ")?";
    const std::string octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    const std::string mechanism = R"(([+\-?~]?(?:all|include:)" + domain + "|(?:a|mx)(?::" + domain + ")?" + length4 +
                                  "(?:/" + length6_of + ")?|ptr(?::" + domain + ")?|exists:" + domain +
                                  "|ip4:" + octet + R"((?:\.)" + octet + "){3}" + length4 + "|ip6:[0-9a-f:.]+" +
                                  length6 + "))";
    const std::string known = "(redirect|exp)=(" + domain + ")";
    const std::string unknown = R"((?!(?:redirect|exp)=)[a-z][a-z0-9\-_.]*=)" + text;
    return "^(?:" + mechanism + "|" + known + "|" + unknown + R"()\z)";
}

std::optional<int> number_of(std::string_view text) {
    const auto number = util::parse_unsigned(text);
    return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

/// Takes one that obeys the grammar. Nothing where its network is none.
std::optional<SpfMechanism> mechanism_of(std::string_view text) {
    static const util::Regex parts(R"(^([+\-?~]?)([a-z0-9]+)(?::(.*?))?(?:/([0-9]+))?(?://([0-9]+))?\z)");
    const auto match = parts.search(text);
    if (!match)
        return std::nullopt;
    const auto group = [&](std::size_t at) { return match->size() > at ? (*match)[at] : std::string_view(); };
    SpfMechanism out;
    if (!group(1).empty())
        out.qualifier = group(1).front();
    out.name = util::lower(group(2));
    out.target = group(3);
    out.length4 = number_of(group(4));
    out.length6 = number_of(group(5));
    const bool is_network = out.name == "ip6";
    if (is_network && (out.target.find(':') == std::string::npos || !domain::parse_ip(out.target)))
        return std::nullopt;
    return out;
}

} // namespace

bool is_spf_record(std::string_view text) {
    return util::starts_with_ignoring_case(text, version) &&
           (text.size() == version.size() || text[version.size()] == ' ');
}

std::optional<SpfRecord> parse_spf(std::string_view text) {
    static const util::Regex term(grammar());
    SpfRecord out;
    std::set<std::string> seen;
    for (const std::string_view word : util::split(text.substr(version.size()), ' ')) {
        if (word.empty())
            continue;
        const auto match = term.search(word);
        if (!match)
            return std::nullopt;
        const auto group = [&](std::size_t at) { return match->size() > at ? (*match)[at] : std::string_view(); };
        const std::string modifier = util::lower(group(in_known));
        if (!modifier.empty() && !seen.insert(modifier).second)
            return std::nullopt;
        if (modifier == "redirect")
            out.redirect = group(in_value);
        if (group(in_mechanism).empty())
            continue;
        auto mechanism = mechanism_of(word);
        if (!mechanism)
            return std::nullopt;
        out.mechanisms.push_back(std::move(*mechanism));
    }
    return out;
}

} // namespace jmrp::dns
