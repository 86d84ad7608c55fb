#include "authenticate/authenticate.hpp"

#include <algorithm>

#include "authenticate/rules.hpp"

namespace jmrp::authenticate {

namespace {

using domain::Says;
using domain::Verdict;

/// What a word for the report is worth: nothing but being told, enough unless something says it is forged, or the last word.
enum class Weight { told, enough, last_word };

struct Rule {
    std::string_view name;
    Speak speak;
    Weight in_favor;
    bool forges; ///< a word against it makes the report forged
};

constexpr Rule table[] = {
    {"authentication-results", read_authentication_results, Weight::enough, true},
    {"dkim", read_dkim, Weight::last_word, false},
    {"secret-address", read_secret_address, Weight::enough, false},
    {"token", read_token, Weight::told, false},
    {"source-ip", read_source_ip, Weight::told, false},
};

} // namespace

domain::Authenticity authenticate(const mail::Fields& outer, const domain::FeedbackReport& report, bool own_token,
                                  const domain::AuthenticityRules& rules,
                                  const std::vector<domain::Network>& own_networks, const domain::DkimFinding* dkim) {
    const Sender sender = read_sender(outer);
    const Evidence evidence{outer, sender, report, own_token, rules, own_networks, dkim};
    domain::Authenticity out;
    Weight in_favor = Weight::told;
    bool forged = false;
    for (const Rule& rule : table) {
        Spoken spoken = rule.speak(evidence);
        if (spoken.says == Says::in_favor)
            in_favor = std::max(in_favor, rule.in_favor);
        forged = forged || (spoken.says == Says::against && rule.forges);
        out.rules.push_back({std::string(rule.name), spoken.says, std::move(spoken.why)});
    }
    if (in_favor == Weight::last_word || (in_favor == Weight::enough && !forged))
        out.verdict = Verdict::authentic;
    else if (forged)
        out.verdict = Verdict::forged;
    out.dkim_wanted =
        rules.check_dkim && !dkim && out.verdict != Verdict::authentic && has_reporter_signature(evidence);
    return out;
}

} // namespace jmrp::authenticate
