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
    bool forges;     ///< a word against it makes the mail forged
    bool of_answers; ///< speaks of answers of support as well
};

constexpr Rule table[] = {
    {"authentication-results", read_authentication_results, Weight::enough, true, true},
    {"dkim", read_dkim, Weight::last_word, false, true},
    {"secret-address", read_secret_address, Weight::enough, false, false},
    {"token", read_token, Weight::told, false, false},
    {"source-ip", read_source_ip, Weight::told, false, false},
};

domain::Authenticity judge(const Evidence& evidence) {
    domain::Authenticity out;
    Weight in_favor = Weight::told;
    bool forged = false;
    for (const Rule& rule : table) {
        if (!evidence.report && !rule.of_answers)
            continue;
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
    out.dkim_wanted = evidence.rules.check_dkim && !evidence.dkim && out.verdict != Verdict::authentic &&
                      has_reporter_signature(evidence);
    return out;
}

} // namespace

domain::Authenticity authenticate(const mail::Fields& outer, const domain::FeedbackReport& report, bool own_token,
                                  const domain::AuthenticityRules& rules,
                                  const std::vector<domain::Network>& own_networks, const domain::DkimFinding* dkim) {
    const Sender sender = read_sender(outer);
    return judge(
        {outer, sender, &report, own_token, rules, own_networks, dkim, "a reporter", "authenticity.reporters"});
}

domain::Authenticity authenticate_answer(const mail::Fields& outer, const std::vector<std::string>& senders,
                                         const domain::AuthenticityRules& rules, const domain::DkimFinding* dkim) {
    domain::AuthenticityRules of_answers = rules;
    of_answers.reporters = senders;
    const Sender sender = read_sender(outer);
    return judge({outer, sender, nullptr, false, of_answers, {}, dkim, "sender support", "refusals.support_senders"});
}

} // namespace jmrp::authenticate
