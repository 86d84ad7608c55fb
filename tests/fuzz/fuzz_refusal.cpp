// Any bytes as what a server says when it refuses, with rules of ours and without, and as an answer of the support.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "classify/support_findings.hpp"
#include "refusal/answer.hpp"
#include "refusal/normalized.hpp"
#include "refusal/read.hpp"
#include "util/text.hpp"

using namespace jmrp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const domain::ReadingRules plain;
    static const domain::ReadingRules own = [] {
        domain::ReadingRules rules;
        rules.own_networks = {*domain::parse_network("192.0.2.0/24")};
        rules.refusal_rules = {{"own", domain::RejectionCategory::ip_block, {}, R"(no\[{ip}\].*(?<code>x\d))"}};
        return rules;
    }();
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (refusal::normalized(text).find_first_of(" \t\r\n") != std::string::npos)
        std::abort();
    for (const domain::ReadingRules* rules : {&plain, &own})
        for (const std::string_view host : {"", "mx.example.net", "a.olc.protection.outlook.com"}) {
            const domain::Rejection got = refusal::read({text, "5.0.0", host, "hotmail.com", {}}, *rules);
            if (got.rule.empty() || got.text.find('\n') != std::string::npos)
                std::abort();
            if (got.ip && !(rules == &own ? domain::any_contains(own.own_networks, *got.ip) : got.ip->is_public()))
                std::abort();
            if (got.category == domain::RejectionCategory::tenant && host == "mx.example.net")
                std::abort();
        }
    std::vector<std::string> lines;
    for (const std::string_view line : util::split(text, '\n'))
        lines.emplace_back(line);
    if (classify::read_findings(lines).empty())
        std::abort();
    return 0;
}
