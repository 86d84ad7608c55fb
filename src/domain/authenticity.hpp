#pragma once
// May a report be believed? Three verdicts, and every rule that spoke for or against.
#include <string>
#include <vector>

#include "domain/address.hpp"
#include "domain/ip.hpp"
#include "domain/names.hpp"

namespace jmrp::domain {

/// authentic: a configured reporter sent it, or somebody who knows our secret. forged: it claims a configured reporter, and
/// our own border says it is not. unverified: neither can be said.
enum class Verdict { authentic, unverified, forged };
template <>
struct Names<Verdict> {
    static constexpr std::pair<Verdict, std::string_view> table[] = {
        {Verdict::authentic, "authentic"}, {Verdict::unverified, "unverified"}, {Verdict::forged, "forged"}};
};

enum class Says { in_favor, nothing, against };
template <>
struct Names<Says> {
    static constexpr std::pair<Says, std::string_view> table[] = {
        {Says::in_favor, "for"}, {Says::nothing, "nothing"}, {Says::against, "against"}};
};

struct RuleOutcome {
    std::string rule; ///< "authentication-results", "dkim", "secret-address", "token", "source-ip"
    Says says = Says::nothing;
    std::string why; ///< one sentence for a person; may hold text of the mail
};

struct Authenticity {
    Verdict verdict = Verdict::unverified;
    std::vector<RuleOutcome> rules; ///< every rule, in order
    /// Our own DKIM check could still change the verdict, and it was not made yet.
    bool dkim_wanted = false;
};

/// What our own check of the message's DKIM signatures said, when it was made (keys leave the DNS, so it is a fact).
struct DkimFinding {
    enum class Result { pass, fail, none, unknown }; ///< unknown: the DNS gave no answer for days
    Result result = Result::none;
    std::vector<std::string> passed_domains; ///< d= of every signature that verified, lower-case A-labels
    std::string detail;
};
template <>
struct Names<DkimFinding::Result> {
    using Result = DkimFinding::Result;
    static constexpr std::pair<Result, std::string_view> table[] = {
        {Result::pass, "pass"}, {Result::fail, "fail"}, {Result::none, "none"}, {Result::unknown, "unknown"}};
};

/// What the verdict depends on besides the mail itself.
struct AuthenticityRules {
    /// authserv-ids whose Authentication-Results are ours (RFC 8601 section 2.2); lower case. Empty: none is believed.
    std::vector<std::string> authserv_ids;
    /// Networks of hosts that hand mail on inside, after the border; loopback counts without being named. Needed where the
    /// host that adds Authentication-Results is another one than the host that delivers.
    std::vector<Network> relays;
    /// Who sends reports: a domain, subdomains included, or one address where strangers have mailboxes in the domain as
    /// well (anybody who opens a free one passes DMARC for hotmail.com; only Microsoft is staff@hotmail.com). Lower-case
    /// A-labels. A passing signature or DMARC result must be aligned with one.
    std::vector<std::string> reporters = {"microsoft.com", "staff@hotmail.com"};
    /// Feedback addresses that nobody can guess; a message that was delivered to one came from somebody we told it.
    std::vector<Address> secret_addresses;
    bool check_dkim = false; ///< verify signatures ourselves (needs DNS: `jmrp settle` does it, never a delivery)
};

} // namespace jmrp::domain
