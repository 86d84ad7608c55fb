#include <algorithm>

#include "authenticate/border.hpp"
#include "authenticate/rules.hpp"
#include "util/idna.hpp"

namespace jmrp::authenticate {

namespace {

using domain::Says;

/// The domain a property names, "@example.com" and "user@example.com" included; empty where it names none.
std::string domain_in(const std::string* value) {
    if (!value)
        return {};
    return util::domain_to_ascii(domain_of(*value)).value_or(std::string());
}

/// Everything the believed fields say of one method.
std::vector<const MethodResult*> results_of(const BorderResults& border, std::string_view method) {
    std::vector<const MethodResult*> out;
    for (const AuthenticationResults& field : border.believed)
        for (const MethodResult& result : field.results)
            if (result.method == method)
                out.push_back(&result);
    return out;
}

const MethodResult* first_with(const std::vector<const MethodResult*>& results, std::string_view result) {
    const auto hit =
        std::find_if(results.begin(), results.end(), [&](const MethodResult* one) { return one->result == result; });
    return hit == results.end() ? nullptr : *hit;
}

/// The domain of a signature that passed and is aligned with the sender, or nothing.
std::string aligned_signature(const std::vector<const MethodResult*>& dkim, const Evidence& evidence) {
    for (const MethodResult* one : dkim) {
        if (one->result != "pass")
            continue;
        const std::string* d = one->property("header", "d");
        std::string domain = domain_in(d ? d : one->property("header", "i"));
        if (!domain.empty() && aligned_reporter(evidence.rules.reporters, *evidence.sender.address, domain))
            return domain;
    }
    return {};
}

Spoken not_aligned(const Evidence& evidence, std::string_view passed) {
    std::string why = std::string(passed) + ", but ";
    if (!evidence.sender.address)
        return {Says::nothing, why + evidence.sender.why_not};
    return {Says::nothing, why + evidence.sender.address->text() + " is nobody in " + std::string(evidence.key)};
}

} // namespace

Spoken read_authentication_results(const Evidence& evidence) {
    const BorderResults border = read_border_results(evidence.outer, evidence.rules);
    if (border.believed.empty())
        return {Says::nothing, border.why_none};
    const auto dmarc = results_of(border, "dmarc");
    const auto dkim = results_of(border, "dkim");
    const auto spf = results_of(border, "spf");
    const Sender& sender = evidence.sender;
    const std::string& host = border.believed.front().authserv_id;

    const std::string signature = sender.address ? aligned_signature(dkim, evidence) : std::string();
    const bool claims = claims_reporter(evidence.rules.reporters, sender);
    const bool dmarc_failed = first_with(dmarc, "fail") != nullptr;
    const std::string whom(evidence.whom);
    if (claims && dmarc_failed)
        return {Says::against, host + " says dmarc=fail for a From of " + whom};
    for (const std::string_view failure : {"fail", "softfail"})
        if (claims && signature.empty() && !first_with(dmarc, "pass") && first_with(spf, failure))
            return {Says::against, host + " says spf=" + std::string(failure) + " for a From of " + whom +
                                       ", and no signature of it passed"};

    // Two results of a method that has one: text of the mail that was not quoted as it ought to have been.
    if (dmarc.size() > 1 && std::any_of(dmarc.begin(), dmarc.end(),
                                        [&](const MethodResult* one) { return one->result != dmarc.front()->result; }))
        return {Says::nothing, host + " contradicts itself on dmarc"};
    if (const MethodResult* passed = first_with(dmarc, "pass")) {
        const std::string domain = domain_in(passed->property("header", "from"));
        if (sender.address && domain == sender.address->domain &&
            aligned_reporter(evidence.rules.reporters, *sender.address, domain))
            return {Says::in_favor, host + " says dmarc=pass for " + domain};
        if (signature.empty())
            return not_aligned(evidence, host + " says dmarc=pass");
    }
    if (!signature.empty() && !dmarc_failed)
        return {Says::in_favor, host + " says dkim=pass for " + signature};
    if (first_with(dkim, "pass"))
        return not_aligned(evidence, host + " says dkim=pass");
    if (first_with(spf, "pass"))
        return {Says::nothing, host + " says spf=pass, which alone proves nothing: hosts are shared"};
    return {Says::nothing, host + " found nothing that passed"};
}

} // namespace jmrp::authenticate
