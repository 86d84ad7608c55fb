#include "delist/history.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace jmrp::delist {

namespace {

using domain::MailDay;
using util::Day;

constexpr Day days_of_mail = 60;
constexpr Day days_of_ages = 90;
constexpr Day settled_age = 30;               ///< mail as old as that has had its complaints
constexpr std::size_t different_ages = 15;    ///< the last stands for all older
constexpr std::int64_t enough_for_snds = 200; ///< SNDS count from a hundred on, on days that begin at another hour

/// Whose mail a row of the store is about.
enum class Whose { this_address, same_mail, others };

class Names {
  public:
    Names(const domain::Ip& ip, const std::vector<domain::Network>& same_mail) : ip_(ip) {
        for (const domain::Network& network : same_mail)
            if (network.contains(ip))
                same_mail_.push_back(network);
    }
    bool has_others() const { return !same_mail_.empty(); }
    Whose operator()(std::string_view name) {
        auto found = known_.find(name);
        if (found == known_.end()) {
            const auto ip = domain::parse_ip(name);
            found = known_.emplace(name, !ip ? Whose::others : of(*ip)).first;
        }
        return found->second;
    }
    Whose of(const domain::Ip& ip) const {
        if (ip == ip_)
            return Whose::this_address;
        return any_contains(same_mail_, ip) ? Whose::same_mail : Whose::others;
    }

  private:
    domain::Ip ip_;
    std::vector<domain::Network> same_mail_;
    std::map<std::string, Whose, std::less<>> known_;
};

struct Histories {
    std::map<Day, MailDay> here;
    std::map<Day, MailDay> elsewhere;

    std::map<Day, MailDay>* of(Whose whose) {
        return whose == Whose::others ? nullptr : whose == Whose::this_address ? &here : &elsewhere;
    }
};

MailDay& at(std::map<Day, MailDay>& days, Day day) {
    MailDay& out = days[day];
    out.day = day;
    return out;
}

void add_complaints(store::Store& store, Day today, Names& names, Histories& out, std::vector<std::int64_t>& ages) {
    const Day first = today - days_of_mail + 1;
    const Day first_of_ages = today - days_of_ages;
    store.for_each_complaint_count(
        {domain::TrafficBy::source_ip, std::nullopt, first_of_ages}, [&](const store::ComplaintCount& row) {
            if (row.arrival_day >= first_of_ages && row.arrival_day <= today - settled_age)
                ages[std::min<std::size_t>(static_cast<std::size_t>(row.report_day - row.arrival_day),
                                           different_ages - 1)] += row.complaints;
            auto* days = out.of(names(row.name));
            if (!days)
                return;
            if (row.arrival_day >= first)
                at(*days, row.arrival_day).complaints += row.complaints;
            if (row.report_day >= first)
                at(*days, row.report_day).reported += row.complaints;
        });
}

/// A person of ours calls a mail junk to see whether a report comes: it says nothing of those who are written to. SNDS count it
/// all the same, and so does `reported`, which is compared with them.
void take_out_trials(store::Store& store, Day today, Names& names, Histories& out) {
    for (const store::TrialComplaints& trials : store.trial_complaints(today - days_of_mail + 1))
        if (auto* days = out.of(names(trials.source_ip))) {
            MailDay& day = at(*days, trials.arrival_day);
            day.complaints = std::max<std::int64_t>(0, day.complaints - trials.complaints);
        }
}

/// Whether the logs tell of any day.
bool add_accepted(store::Store& store, const domain::Evidence& evidence, Day today, bool only_one, Names& names,
                  Histories& out, std::map<Day, std::set<domain::Ip>>& large) {
    const Day first = today - days_of_mail + 1;
    store::TrafficQuery query{
        domain::TrafficBy::source_ip, std::nullopt, std::string(to_text(evidence.list)), first, today, true};
    std::set<Day> unnamed; // mail of which no log tells the address
    for (const store::TrafficRow& row : store.traffic(query)) {
        if (row.name.empty() && !only_one) {
            unnamed.insert(row.day);
            continue;
        }
        const Whose whose = row.name.empty() ? Whose::this_address : names(row.name);
        if (auto* days = out.of(whose)) {
            MailDay& day = at(*days, row.day);
            day.accepted = day.accepted.value_or(0) + row.accepted;
        }
        if (whose == Whose::same_mail && row.accepted >= enough_for_snds)
            large[row.day].insert(*domain::parse_ip(row.name));
    }
    const std::vector<Day> logged = store.days_with_traffic(domain::TrafficBy::source_ip, first, today);
    for (Day day = first; day <= today; ++day) {
        const bool known = std::ranges::binary_search(logged, day) && !unnamed.contains(day);
        if (known) // a day on which nothing went there
            for (auto* days : {&out.here, &out.elsewhere})
                if (const auto found = days->find(day); found != days->end())
                    found->second.accepted = found->second.accepted.value_or(0);
        if (!known)
            at(out.here, day); // to say that it is not known
    }
    return !logged.empty();
}

/// The bounds of two rows, each weighed with its recipients.
void add(std::optional<MailDay::Snds>& sum, const domain::SndsDay& row) {
    if (!sum) {
        sum = {row.message_recipients, row.complaint_rate};
        return;
    }
    const auto before = static_cast<double>(sum->recipients);
    const auto more = static_cast<double>(row.message_recipients);
    if (!sum->complaint_rate || !row.complaint_rate || before + more <= 0)
        sum->complaint_rate.reset();
    else
        sum->complaint_rate = {
            (sum->complaint_rate->lower * before + row.complaint_rate->lower * more) / (before + more),
            (sum->complaint_rate->upper * before + row.complaint_rate->upper * more) / (before + more)};
    sum->recipients += row.message_recipients;
}

void add_snds(store::Store& store, const domain::Evidence& evidence, Day today, const Names& names, Histories& out,
              std::map<Day, std::set<domain::Ip>>& large) {
    const auto ip = names.has_others() ? std::nullopt : std::optional(evidence.ip);
    for (const domain::SndsDay& row : store.snds_days(today - days_of_mail + 1, today, ip))
        if (const Whose whose = names.of(row.ip); auto* days = out.of(whose)) {
            add(at(*days, row.day).snds, row);
            large[row.day].erase(row.ip);
        }
    // Of some addresses alone it would be a rate of other mail than that of which the reports are counted.
    for (auto& [day, mail] : out.elsewhere)
        if (const auto missing = large.find(day); missing != large.end() && !missing->second.empty())
            mail.snds.reset();
}

std::vector<MailDay> telling(const std::map<Day, MailDay>& days) {
    std::vector<MailDay> out;
    for (const auto& [day, mail] : days)
        if (!mail.accepted || *mail.accepted > 0 || mail.complaints > 0 || mail.reported > 0 || mail.snds)
            out.push_back(mail);
    return out;
}

} // namespace

void add_complaint_history(domain::Evidence& evidence, store::Store& store,
                           const std::vector<domain::Network>& own_networks,
                           const std::vector<domain::Network>& same_mail) {
    if (evidence.list != domain::BlockList::outlook_com)
        return;
    const Day today = util::day_of(evidence.now);
    const bool only_one = own_networks.size() == 1 && own_networks.front().short_text() == evidence.ip.text();
    Names names(evidence.ip, same_mail);
    Histories days;
    domain::ComplaintHistory out;
    out.ages.resize(different_ages);
    std::map<Day, std::set<domain::Ip>> large; // days on which others sent so much that SNDS would tell
    add_complaints(store, today, names, days, out.ages);
    take_out_trials(store, today, names, days);
    if (!add_accepted(store, evidence, today, only_one, names, days, large))
        return;
    add_snds(store, evidence, today, names, days, large);
    out.days = telling(days.here);
    out.elsewhere = telling(days.elsewhere);
    evidence.complaints = {{std::move(out), "reports, logs, SNDS", evidence.now}};
}

} // namespace jmrp::delist
