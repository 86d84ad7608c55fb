#include <algorithm>

#include "authenticate/rules.hpp"
#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::authenticate {

namespace {

using domain::DkimFinding;
using domain::Says;

constexpr std::size_t most_signatures = 32;

/// The d= of a DKIM-Signature field (RFC 6376 section 3.5); empty where there is none.
std::string signing_domain(std::string_view signature) {
    for (std::string_view tag : util::split(signature.substr(0, std::size_t{8} << 10), ';')) {
        const std::size_t equals = tag.find('=');
        if (equals != std::string_view::npos && util::trim(tag.substr(0, equals)) == "d")
            return util::domain_to_ascii(util::trim(tag.substr(equals + 1))).value_or(std::string());
    }
    return {};
}

} // namespace

bool has_reporter_signature(const Evidence& evidence) {
    if (!evidence.sender.address)
        return false;
    const std::vector<std::string_view> signatures = evidence.outer.all("DKIM-Signature");
    const auto end = signatures.begin() + static_cast<std::ptrdiff_t>(std::min(signatures.size(), most_signatures));
    return std::any_of(signatures.begin(), end, [&](std::string_view signature) {
        return aligned_reporter(evidence.rules.reporters, *evidence.sender.address, signing_domain(signature));
    });
}

Spoken read_dkim(const Evidence& evidence) {
    if (!evidence.dkim) {
        if (!evidence.rules.check_dkim)
            return {Says::nothing, "authenticity.check_dkim is off"};
        return {Says::nothing, has_reporter_signature(evidence)
                                   ? std::string("its signature was not checked yet")
                                   : "no signature is aligned with " + std::string(evidence.whom) + " that sent it"};
    }
    const DkimFinding& finding = *evidence.dkim;
    if (finding.result == DkimFinding::Result::pass) {
        for (const std::string& domain : finding.passed_domains)
            if (evidence.sender.address && aligned_reporter(evidence.rules.reporters, *evidence.sender.address, domain))
                return {Says::in_favor, "its signature of " + domain + " is right"};
        if (!evidence.sender.address)
            return {Says::nothing, "a signature is right, but " + evidence.sender.why_not};
        return {Says::nothing, "a signature is right, but not one of " + std::string(evidence.whom) + " that sent it"};
    }
    // Lists and gateways break signatures: a wrong one is told, and proves nothing.
    static constexpr std::pair<DkimFinding::Result, std::string_view> told[] = {
        {DkimFinding::Result::fail, "no signature is right"},
        {DkimFinding::Result::none, "it has no signature"},
        {DkimFinding::Result::unknown, "the DNS did not say whether its signature is right"},
    };
    for (const auto& [result, words] : told)
        if (result == finding.result)
            return {Says::nothing,
                    std::string(words) + (finding.detail.empty() ? std::string() : ": " + finding.detail)};
    return {};
}

} // namespace jmrp::authenticate
