#pragma once
// The grammar of SPF records (RFC 7208 section 12).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::dns {

struct SpfMechanism {
    char qualifier = '+';
    std::string name;   ///< "all", "include", "a", "mx", "ptr", "ip4", "ip6" or "exists"
    std::string target; ///< the domain-spec with its macros, or the network of ip4 and ip6; empty where there is none
    std::optional<int> length4; ///< after one slash, that of ip6 too
    std::optional<int> length6; ///< after two
};

struct SpfRecord {
    std::vector<SpfMechanism> mechanisms;
    std::string redirect; ///< a domain-spec, or empty
};

/// "v=spf1", alone or before a blank (section 4.5). Other TXT records are nobody's business.
bool is_spf_record(std::string_view text);
/// Nothing where one term, wherever it stands, breaks the grammar, or redirect= or exp= stands twice (section 6). Takes a text
/// that is_spf_record.
std::optional<SpfRecord> parse_spf(std::string_view text);

} // namespace jmrp::dns
