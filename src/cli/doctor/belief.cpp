// Which reports are believed, as the newest of them show.
#include <algorithm>

#include "authenticate/authentication_results.hpp"
#include "authenticate/border.hpp"
#include "cli/detect/own_setup.hpp"
#include "cli/doctor/checks.hpp"
#include "ingest/interpret.hpp"
#include "mail/message.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

void count_ids(RecentMail& out, const mail::Fields& outer, const domain::AuthenticityRules& rules) {
    std::vector<std::string> here;
    for (const std::string_view value : outer.all("Authentication-Results"))
        if (const auto results = authenticate::parse_authentication_results(value))
            if (std::ranges::find(here, results->authserv_id) == here.end())
                here.push_back(results->authserv_id);
    for (const std::string& id : here) {
        auto found = std::ranges::find(out.ids, id, &RecentMail::Id::id);
        if (found == out.ids.end())
            found = out.ids.insert(out.ids.end(), RecentMail::Id{id});
        ++found->seen;
        domain::AuthenticityRules alone = rules;
        alone.authserv_ids = {id};
        if (!authenticate::read_border_results(outer, alone).believed.empty())
            ++found->believed;
    }
}

/// "[\"one\", \"two\"]"
std::string list_of(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "\"" : ", \"") + word + "\"";
    return "[" + out + "]";
}

std::vector<std::string> remedies_of(const Border& border) {
    std::vector<std::string> out;
    for (const Obstacle& obstacle : border.obstacles)
        for (const std::string& line : obstacle.remedy)
            if (std::ranges::find(out, line) == out.end())
                out.push_back(line);
    return out;
}

/// What gives this machine a border, and the way without one.
std::vector<std::string> how_to_believe(const Patient& patient) {
    std::vector<std::string> out = remedies_of(patient.border);
    if (out.empty())
        out = how_to_add_results(patient.machine, patient.server);
    out.push_back((out.empty() ? "" : "or ") + key_line(patient, "authenticity", "check_dkim = true"));
    return out;
}

/// "; rspamd is here and writes no Authentication-Results"
std::string obstacles_of(const Patient& patient) {
    std::string out;
    for (const Obstacle& obstacle : patient.border.obstacles)
        out += "; " + obstacle.what;
    return out;
}

std::optional<Diagnosis> look_for_guessable(const Patient& patient, const std::vector<domain::Address>& secret,
                                            const std::string& section) {
    for (const domain::Address& address : secret)
        if (!looks_unguessable(address.local))
            return Diagnosis{State::broken,
                             address.text() + " is not hard to guess, and what is sent to it is believed",
                             {"take it out of " + section + ".secret_addresses in " + patient.config.file.string()}};
    return std::nullopt;
}

} // namespace

RecentMail look_at_recent_mail(store::Store& store, const ingest::Rules& all_rules, std::size_t most) {
    RecentMail out;
    for (const store::RecentReport& report : store.recent_reports(most)) {
        const auto message = store.message(report.message_id);
        if (!message)
            continue;
        const domain::ReadingRules& rules = all_rules.of(message->feed).reading;
        ++out.reports;
        const auto verdict = domain::from_text<domain::Verdict>(report.verdict);
        out.authentic += verdict == domain::Verdict::authentic ? 1 : 0;
        out.unverified += verdict == domain::Verdict::unverified ? 1 : 0;
        out.forged += verdict == domain::Verdict::forged ? 1 : 0;
        std::vector<domain::Defect> defects;
        count_ids(out, mail::parse(message->bytes, rules.limits, defects).fields, rules.authenticity);
        if (verdict != domain::Verdict::unverified || !out.lack.empty())
            continue;
        const domain::Reading reading = ingest::interpret(message->bytes, rules);
        if (const auto* read = std::get_if<domain::FeedbackReport>(&reading.what))
            for (const domain::RuleOutcome& rule : read->authenticity.rules)
                if (rule.says != domain::Says::in_favor)
                    out.lack.push_back(rule.rule + ": " + rule.why);
    }
    return out;
}

Diagnosis look_at_authserv_ids(const Patient& patient) {
    const auto& configured = patient.config.rules.reading.authenticity.authserv_ids;
    std::vector<std::string> usable;
    if (patient.recent)
        for (const RecentMail::Id& id : patient.recent->ids)
            if (id.believed > 0)
                usable.push_back(id.id);
    if (configured.empty()) {
        if (!usable.empty())
            return {State::missing,
                    "none is set; your border writes " + usable.front() + " into the reports that came",
                    {key_line(patient, "authenticity", "authserv_ids = " + list_of(usable))}};
        std::vector<std::string> detected;
        for (const Detected& id : patient.border.authserv_ids)
            detected.push_back(id.value);
        if (!detected.empty())
            return {State::missing,
                    "none is set; " + patient.border.authserv_ids.front().from + " says " + detected.front(),
                    {key_line(patient, "authenticity", "authserv_ids = " + list_of(detected))}};
        return {State::missing,
                "none is set, and nothing here was found that writes Authentication-Results that can be believed" +
                    obstacles_of(patient),
                how_to_believe(patient)};
    }
    if (!patient.recent || patient.recent->reports == 0)
        return {State::ok, list_of(configured) + "; no report came yet to see them in" + obstacles_of(patient), {}};
    std::string found;
    int believed = 0;
    int below = 0;
    for (const std::string& id : configured) {
        const auto seen = std::ranges::find(patient.recent->ids, id, &RecentMail::Id::id);
        const RecentMail::Id counts = seen == patient.recent->ids.end() ? RecentMail::Id{id} : *seen;
        believed += counts.believed;
        below += counts.seen - counts.believed;
        found += (found.empty() ? "" : "; ") + id + " stands in " + std::to_string(counts.seen) + " of the newest " +
                 std::to_string(patient.recent->reports) + " reports, in " + std::to_string(counts.believed) +
                 " where only your border can write it";
    }
    if (believed > 0)
        return {State::ok, found, {}};
    if (!usable.empty())
        return {State::broken,
                found + "; there stands " + usable.front(),
                {key_line(patient, "authenticity", "authserv_ids = " + list_of(usable))}};
    if (below > 0 && patient.border.obstacles.empty())
        return {
            State::broken,
            found,
            {key_line(patient, "authenticity", "relays = [...], the hosts of yours between the border and this one"),
             "Exim: add_header = :at_start:${authresults {$primary_hostname}}"}};
    return {State::broken, found + obstacles_of(patient), how_to_believe(patient)};
}

Diagnosis look_at_secret_address(const Patient& patient) {
    const auto& secret = patient.config.rules.reading.authenticity.secret_addresses;
    const auto& own = patient.config.rules.policy.own_addresses;
    if (auto trouble = look_for_guessable(patient, secret, "authenticity"))
        return std::move(*trouble);
    for (const auto& [name, rules] : patient.config.rules.feeds)
        if (auto trouble = look_for_guessable(patient, rules.reading.authenticity.secret_addresses, "feed." + name))
            return std::move(*trouble);
    if (!secret.empty())
        return {State::ok, std::to_string(secret.size()) + " in authenticity.secret_addresses", {}};
    for (const domain::Address& address : own)
        if (looks_unguessable(address.local))
            return {State::missing,
                    address.text() + " is hard to guess and not named as a secret",
                    {key_line(patient, "authenticity", "secret_addresses = [\"" + address.text() + "\"]")}};
    const auto& domains = patient.config.rules.reading.own_domains;
    const std::string text = new_feedback_address(domains.empty() ? "sender.example" : domains.front()).text();
    return {State::missing,
            "there is none",
            {"enrol an address such as " + text + " with the provider, and tell it nobody else",
             key_line(patient, "authenticity", "secret_addresses = [\"" + text + "\"]")}};
}

Diagnosis look_at_verdicts(const Patient& patient) {
    if (!patient.recent || patient.recent->reports == 0)
        return {State::ok, "no report came yet", {}};
    const RecentMail& recent = *patient.recent;
    const std::string found = "of the newest " + std::to_string(recent.reports) + " reports " +
                              std::to_string(recent.authentic) + " are authentic, " +
                              std::to_string(recent.unverified) + " unverified, " + std::to_string(recent.forged) +
                              " forged";
    if (recent.forged > 0 && recent.authentic == 0) {
        // Nobody forges every report: the border finds fault with what is right.
        std::vector<std::string> remedy = remedies_of(patient.border);
        remedy.emplace_back(patient.server.kind == MailServer::Kind::postfix
                                ? "the order in Postfix's smtpd_milters is: opendkim, then opendmarc"
                                : "'jmrp inspect' on such a report says what your border wrote into it");
        return {State::broken, found + obstacles_of(patient), std::move(remedy)};
    }
    if (recent.unverified * 10 <= recent.reports || patient.config.rules.policy.act_on == domain::Verdict::unverified)
        return {State::ok, found, {}};
    std::vector<std::string> remedy{"the newest unverified report lacked all of these:"};
    for (const std::string& lack : recent.lack)
        remedy.push_back("  " + lack);
    return {recent.authentic > 0 ? State::missing : State::broken, found, std::move(remedy)};
}

} // namespace jmrp::cli
