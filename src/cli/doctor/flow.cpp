// What came of the reports: the findings of `jmrp check`, with what to do.
#include <algorithm>

#include "cli/doctor/checks.hpp"
#include "cli/output.hpp"

namespace jmrp::cli {

namespace {

struct Remedy {
    const char* rule;
    const char* text;
};
constexpr Remedy remedies[] = {
    {"silence",
     "look into the SNDS portal whether the feed is still enrolled; a feed you gave up: 'jmrp check --ignore-feed'"},
    {"share", "jmrp inspect --json on a report that came lately says what each step lacked"},
    {"tokens", "jmrp token key list; restore the key file that sealed the mail, or look who forges"},
    {"unsettled", "*/5 * * * * jmrp /usr/bin/jmrp settle      (in /etc/cron.d/jmrp)"},
    {"poll", "*/5 * * * * jmrp /usr/bin/jmrp poll      (in /etc/cron.d/jmrp)"},
    {"held", "jmrp review list"},
    {"pace", "jmrp review list --reason pace"},
    {"quarantine", "jmrp quarantine list"},
};

/// The findings of these rules as one diagnosis: those that are bad, or how it looks.
Diagnosis findings_of(const Patient& patient, std::initializer_list<std::string_view> rules) {
    if (!patient.observed)
        return {State::unknown, "there is no database to look into", {}};
    Diagnosis out;
    std::string well;
    for (const reputation::Finding& finding : judge_health(*patient.observed, {})) {
        if (std::ranges::find(rules, std::string_view(finding.rule)) == rules.end())
            continue;
        const std::string sentence = finding.feed.empty() ? finding.sentence : finding.feed + ": " + finding.sentence;
        if (finding.level == reputation::Level::ok) {
            well += (well.empty() ? "" : "; ") + sentence;
            continue;
        }
        out.state = finding.level == reputation::Level::unknown ? State::missing : State::broken;
        out.found += (out.found.empty() ? "" : "; ") + sentence;
        for (const Remedy& remedy : remedies)
            if (finding.rule == remedy.rule && std::ranges::find(out.remedy, remedy.text) == out.remedy.end())
                out.remedy.emplace_back(remedy.text);
    }
    if (out.state == State::ok)
        out.found = well.empty() ? "no report came yet" : well;
    return out;
}

} // namespace

Diagnosis look_at_tokens(const Patient& patient) {
    if (!patient.observed)
        return {State::unknown, "there is no database to look into", {}};
    constexpr util::Day period = 30;
    std::int64_t reports = 0;
    std::int64_t opened = 0;
    std::int64_t refused = 0;
    for (const domain::FeedDay& day : patient.observed->days)
        if (day.day > util::day_of(patient.observed->now) - period) {
            reports += day.reports;
            opened += day.tokens_opened;
            refused += day.tokens_refused;
        }
    if (reports == 0)
        return {State::ok, "no report came in the last 30 days to see one in", {}};
    Diagnosis out = findings_of(patient, {"tokens"});
    const std::string counts =
        std::to_string(opened) + " of the " + std::to_string(reports) + " reports of the last 30 days brought one back";
    if (out.state == State::ok && opened + refused == 0)
        return {State::missing,
                counts,
                {"jmrp token seal --recipient=ADDRESS for every mail; put it into " +
                 patient.config.rules.reading.token.header + " and the Message-ID"}};
    out.found = counts + (out.state == State::ok ? "" : "; " + out.found);
    return out;
}

Diagnosis look_at_stamped(const Patient& patient) {
    if (!patient.stamped)
        return {State::ok, "'jmrp milter' is not used here", {}};
    return {State::ok,
            grouped(patient.stamped->messages) + " mails to several people" +
                (patient.stamped->newest ? ", the newest " + short_time(*patient.stamped->newest) : ""),
            {}};
}

Diagnosis look_at_send_log(const Patient& patient) {
    constexpr util::Seconds freshness = util::Seconds{2} * 86'400;
    const std::string line = "17 * * * * jmrp /usr/bin/jmrp import sent /var/log/mail.log.1 /var/log/mail.log      (in "
                             "/etc/cron.d/jmrp; the "
                             "user has to read the log: adduser " +
                             patient.service.name + " adm)";
    if (!patient.send_log)
        return {State::missing, "there is none", {line}};
    if (!patient.send_log->last_at || *patient.send_log->last_at < patient.now - freshness)
        return {State::broken, "nothing was imported for two days", {line}};
    return {State::ok,
            grouped(patient.send_log->deliveries) + " deliveries, the last import at " +
                short_time(*patient.send_log->last_at),
            {}};
}

Diagnosis look_at_feeds(const Patient& patient) {
    return findings_of(patient, {"silence", "poll"});
}

Diagnosis look_at_attribution(const Patient& patient) {
    return findings_of(patient, {"share"});
}

Diagnosis look_at_waiting(const Patient& patient) {
    return findings_of(patient, {"pace", "unsettled", "held", "quarantine"});
}

} // namespace jmrp::cli
