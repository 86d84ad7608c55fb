#include "delist/requests.hpp"

#include <algorithm>
#include <map>

#include "delist/correspondence.hpp"

namespace jmrp::delist {

using util::Seconds;

namespace {

constexpr Seconds year = Seconds{365} * 86'400;
/// Most reports come about a day late. A younger trial says nothing, with or without one.
constexpr Seconds report_takes = Seconds{2} * 86'400;
constexpr const char* a_person = "a person";

/// When reports that are believed and name the mailbox came, ascending.
std::vector<Seconds> reports_naming(store::Store& store, const domain::Address& mailbox, Seconds now) {
    std::vector<Seconds> out;
    for (const store::SuppressionReport& report : store.suppression_story(mailbox, now).reports)
        if (report.verdict == to_text(domain::Verdict::authentic) || report.recipient_from.starts_with("token"))
            out.push_back(report.received_at);
    std::ranges::sort(out);
    return out;
}

} // namespace

void add_repair(domain::Evidence& evidence, store::Store& store) {
    const std::vector<domain::BlockCause> causes = store.causes();
    const auto newest = std::find_if(causes.rbegin(), causes.rend(), [&](const domain::BlockCause& cause) {
        return any_contains(cause.networks, evidence.ip);
    });
    if (newest != causes.rend())
        evidence.repair = {{newest->cause, newest->fix, newest->at}, a_person, newest->noted.at};
}

void add_requests(domain::Evidence& evidence, store::Store& store) {
    evidence.requests = {requests_about(read_correspondence(store), evidence.ip, evidence.list), a_person,
                         evidence.now};
}

void add_contact(domain::Evidence& evidence, store::Store& store, const domain::DelistSettings& settings) {
    if (settings.contact_networks.empty() && !settings.contact_elsewhere)
        return;
    domain::Contact contact;
    contact.sends_through_address = any_contains(settings.contact_networks, evidence.ip);
    contact.hears_microsoft = settings.contact_hears_microsoft;
    Seconds heard = evidence.now;
    for (const domain::SupportAnswer& answer : store.support_answers())
        if (answer.verdict == domain::Verdict::authentic && answer.received_at > evidence.now - year) {
            contact.hears_microsoft = true;
            heard = answer.received_at;
        }
    evidence.contact = {contact,
                        contact.hears_microsoft && !settings.contact_hears_microsoft ? "mail" : "configuration", heard};
}

std::vector<TrialOutcome> trial_outcomes(store::Store& store, Seconds since, Seconds now) {
    std::vector<TrialOutcome> out;
    std::map<std::string, std::vector<Seconds>> unused;
    for (domain::FeedTrial& trial : store.trials(since)) {
        const std::string key = trial.mailbox.key();
        if (!unused.contains(key))
            unused[key] = reports_naming(store, trial.mailbox, now);
        TrialOutcome one{std::move(trial), std::nullopt};
        std::vector<Seconds>& reports = unused[key];
        const auto first = std::ranges::lower_bound(reports, one.trial.at);
        if (first != reports.end()) {
            one.reported = *first;
            reports.erase(first);
        }
        out.push_back(std::move(one));
    }
    return out;
}

void add_trials(domain::Evidence& evidence, store::Store& store) {
    if (!evidence.feed)
        return;
    domain::FeedLife& life = evidence.feed->value;
    for (const TrialOutcome& one : trial_outcomes(store, evidence.now - trials_count_for, evidence.now)) {
        if (one.trial.at > evidence.now - report_takes)
            continue;
        ++life.trials;
        life.trials_reported += one.reported ? 1 : 0;
    }
}

} // namespace jmrp::delist
