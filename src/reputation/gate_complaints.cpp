// Is the cause gone: who complained gets no mail, and those who still get some do not complain.
#include <algorithm>
#include <cmath>

#include "reputation/rules.hpp"
#include "reputation/true_rate.hpp"

namespace jmrp::reputation {

using domain::MailDay;
using domain::Ruling;

namespace {

constexpr double per_cent = 100;

/// Microsoft tells of complaints in the consumer mailboxes alone.
bool nobody_tells(const domain::Evidence& evidence) {
    return evidence.list != domain::BlockList::outlook_com;
}

Ruling complaints_unknown() {
    return unknown("complaints and volume are not known",
                   "read reports ('jmrp ingest') and mail logs ('jmrp import sent') in");
}

std::optional<util::Day> block_day(const domain::Evidence& evidence) {
    std::optional<util::Seconds> first;
    if (evidence.refusals)
        for (const domain::Refusals& refusals : evidence.refusals->value)
            if (is_block(refusals))
                first = std::min(first.value_or(refusals.first), refusals.first);
    return first ? std::optional(util::day_of(*first)) : std::nullopt;
}

/// Mail of whole days after the repair; that of its day is mixed.
std::vector<MailDay> since_repair(const domain::Evidence& evidence, const GatePolicy& policy) {
    if (!evidence.complaints || !evidence.repair)
        return {};
    const util::Day today = util::day_of(evidence.now);
    const util::Day first = std::max(util::day_of(evidence.repair->value.at) + 1, today - policy.longest_window_days);
    return days_between(evidence.complaints->value, first, today);
}

std::int64_t mails_of(const std::vector<MailDay>& days) {
    std::int64_t sum = 0;
    for (const MailDay& day : days)
        sum += *day.accepted;
    return sum;
}

util::Seconds last_sign_of_life(const domain::Evidence& evidence) {
    return evidence.feed ? evidence.feed->value.last_report.value_or(0) : 0;
}

/// A leak to everybody suppressed shows with 99 %, by complaints.
constexpr double enough_to_show = 4.6;

/// The reports that would have come of it by now. Mail of the last two days has not had its complaints.
double expected_of_leak(const domain::Evidence& evidence, const GatePolicy& policy) {
    if (!evidence.complainants)
        return 0;
    const util::Day covered = util::day_of(last_sign_of_life(evidence)) - 2;
    const auto days = static_cast<double>(std::ranges::count_if(
        since_repair(evidence, policy), [&](const MailDay& day) { return *day.accepted > 0 && day.day <= covered; }));
    return static_cast<double>(evidence.complainants->value.suppressed) * days / 7 * policy.leak_complaint_percent /
           per_cent * forwarded_share(evidence, policy).share.lower;
}

/// How complaints reach us, as far as the evidence tells.
struct Lens {
    std::vector<double> arrival;
    Forwarded forwarded;
    util::Seconds alive = 0;
};
Lens lens_of(const domain::Evidence& evidence, const GatePolicy& policy) {
    return {arrival_curve(evidence.complaints->value.ages), forwarded_share(evidence, policy),
            last_sign_of_life(evidence)};
}

/// The newest days with mail, `wanted` of them, and twice as many as long as they hold too little.
struct Judged {
    std::vector<MailDay> days; ///< descending
    TrueRate rate;
};
Judged newest_window(const std::vector<MailDay>& days, std::int64_t wanted, const Lens& lens,
                     const GatePolicy& policy) {
    Judged out;
    std::int64_t with_mail = 0;
    bool counted = false;
    for (auto day = days.rbegin(); day != days.rend(); ++day) {
        out.days.push_back(*day);
        with_mail += *day->accepted > 0;
        counted = with_mail >= wanted;
        if (!counted)
            continue;
        out.rate = true_rate(out.days, lens.arrival, lens.forwarded, lens.alive, policy);
        if (out.rate.bounds.upper * per_cent <= policy.refuse_percent)
            return out;
        wanted *= 2;
    }
    if (!counted)
        out.rate = true_rate(out.days, lens.arrival, lens.forwarded, lens.alive, policy);
    return out;
}

Proportion weighed(const TrueRate& rate) {
    return {rate.complaints, std::llround(rate.weighed)};
}

void add_figures(Ruling& reason, const TrueRate& rate) {
    reason.figures = {
        {"mails", static_cast<double>(rate.mails), ""},  {"complaints", static_cast<double>(rate.complaints), ""},
        {"observed", rate.observed * per_cent, "%"},     {"estimate", rate.estimate * per_cent, "%"},
        {"at least", rate.bounds.lower * per_cent, "%"}, {"at most", rate.bounds.upper * per_cent, "%"}};
}

std::string told(const TrueRate& rate) {
    return counted(rate.complaints, "complaint") + " about " + counted(rate.mails, "mail") + ", " +
           percent_text(rate.estimate * per_cent) + " and at most " + percent_text(rate.bounds.upper * per_cent) +
           " (" + std::string(rate.by) + ")";
}

/// When so much mail will have gone that the bound can hold, if nobody complains any more; nothing where none goes.
std::optional<util::Seconds> enough_at(const Judged& judged, const domain::Evidence& evidence,
                                       const GatePolicy& policy) {
    if (judged.days.empty() || util::day_of(evidence.now) - judged.days.front().day > policy.window_days)
        return std::nullopt;
    const double per_day = judged.rate.weighed / static_cast<double>(judged.days.size());
    if (per_day <= 0)
        return std::nullopt;
    const double needed = judged.rate.weighed * judged.rate.bounds.upper * per_cent / policy.refuse_percent;
    const double days = std::min(365.0, std::ceil((needed - judged.rate.weighed) / per_day));
    return evidence.now + static_cast<util::Seconds>(days) * one_day;
}

constexpr const char* write_cause = "write cause and repair down: 'jmrp delist cause'";
constexpr const char* show_elsewhere =
    "let some of the same mail leave from another address of yours: it shows what the repair does";
constexpr const char* try_the_loop =
    "find out what share of complaints the loop passes on: move twenty mails of yours to "
    "Junk in mailboxes of your own, and note it: 'jmrp delist trial'";

bool passes(const TrueRate& rate, const GatePolicy& policy) {
    return rate.days >= policy.least_days && rate.estimate * per_cent <= policy.pass_percent &&
           rate.bounds.upper * per_cent <= policy.refuse_percent;
}

/// What was before the block.
struct Earlier {
    TrueRate week;
    TrueRate last_days; ///< trouble that began lately hides in a week

    bool was_good(const GatePolicy& policy) const {
        return passes(week, policy) && last_days.estimate * per_cent <= policy.pass_percent;
    }
};
Earlier earlier_than(util::Day last, const domain::Evidence& evidence, const Lens& lens, const GatePolicy& policy) {
    const auto days = days_between(evidence.complaints->value, last - policy.window_days, last);
    Earlier out;
    out.week = newest_window(days, policy.window_days, lens, policy).rate;
    std::vector<MailDay> newest;
    for (auto day = days.rbegin(); day != days.rend() && std::ssize(newest) < policy.least_days; ++day)
        if (*day->accepted > 0)
            newest.push_back(*day);
    out.last_days = true_rate(newest, lens.arrival, lens.forwarded, lens.alive, policy);
    return out;
}

bool more_trials(const domain::Evidence& evidence, const GatePolicy& policy) {
    return !evidence.feed || evidence.feed->value.trials < policy.trials;
}

Ruling judge_rate_since(const std::vector<MailDay>& days, const domain::Evidence& evidence, const GatePolicy& policy) {
    const Lens lens = lens_of(evidence, policy);
    const Judged judged = newest_window(days, policy.newest_days, lens, policy);
    const TrueRate& rate = judged.rate;
    const double estimate = rate.estimate * per_cent;
    const std::string seen = "since the repair: " + told(rate);
    const auto reason = [&]() -> Ruling {
        if (rate.bounds.lower * per_cent > policy.refuse_percent)
            return needs_work(seen, "the repair does not work: find the cause");
        if (util::day_of(evidence.now) - judged.days.front().day > policy.fresh_days)
            return waits(seen + ", none of it new", std::nullopt, show_elsewhere);
        if (passes(rate, policy))
            return met(seen);
        if (rate.days >= policy.least_days && rate.bounds.upper * per_cent <= policy.refuse_percent)
            return needs_person(seen, "decide whether the rate is low enough");
        const util::Day blocked = block_day(evidence).value_or(util::day_of(evidence.repair->value.at));
        if (const Earlier earlier = earlier_than(blocked, evidence, lens, policy);
            rate.weighed > 0 && earlier.was_good(policy) && estimate <= policy.refuse_percent &&
            change_of_rate(weighed(rate), weighed(earlier.week)).chance_of_so_many >= policy.unlikely)
            return met(seen + ", no worse than before the block: " + told(earlier.week));
        if (rate.observed * per_cent > policy.pass_percent && rate.mails >= policy.least_mails)
            return needs_work(seen, "the repair does not work well enough: bring the rate down");
        const auto when = enough_at(judged, evidence, policy);
        return waits(seen + ": too little to tell", when,
                     !when                                                          ? show_elsewhere
                     : lens.forwarded.by != "snds" && more_trials(evidence, policy) ? try_the_loop
                                                                                    : "");
    };
    Ruling out = reason();
    add_figures(out, rate);
    return out;
}

Ruling judge_rate_before(util::Day blocked, const domain::Evidence& evidence, const GatePolicy& policy) {
    const Earlier earlier = earlier_than(blocked, evidence, lens_of(evidence, policy), policy);
    const TrueRate& rate = earlier.week;
    const std::string seen = "no mail since the repair; before the block: " + told(rate);
    const auto reason = [&]() -> Ruling {
        if (rate.mails == 0)
            return unknown("no mail is known from before the block: an empty window is not 0 %",
                           "read mail logs in: 'jmrp import sent'");
        if (earlier.was_good(policy))
            return met(seen);
        if (rate.weighed <= 0 && rate.bounds.upper >= 1)
            return unknown("no mail since the repair, and nobody would have told of complaints about the " +
                               counted(rate.mails, "mail") + " before the block",
                           show_elsewhere);
        if (rate.bounds.lower * per_cent > policy.refuse_percent || rate.estimate * per_cent > policy.refuse_percent)
            return needs_work(seen, show_elsewhere);
        return needs_person(seen, std::string("decide whether the rate was low enough, or ") + show_elsewhere);
    };
    Ruling out = reason();
    add_figures(out, rate);
    return out;
}

} // namespace

Ruling judge_cause(const Ground& ground) {
    const auto& repair = ground.evidence.repair;
    if (!repair)
        return unknown("nobody wrote down what the cause was and what was done", write_cause);
    if (repair->value.cause.empty() || repair->value.fix.empty())
        return needs_work("what was written down names no cause or no repair", write_cause);
    return met("cause and repair were written down, " + ago(repair->value.at, ground.evidence.now));
}

Ruling judge_suppressed(const Ground& ground) {
    const auto& complainants = ground.evidence.complainants;
    if (!complainants)
        return nobody_tells(ground.evidence)
                   ? met("Microsoft tells of no complaints there")
                   : unknown("who complained is not known", "read the reports in: 'jmrp ingest' or 'jmrp poll'");
    const domain::Complainants& who = complainants->value;
    if (who.suppressed < who.known)
        return needs_work(counted(who.known - who.suppressed, "known complainant") + " not suppressed",
                          "review what is held ('jmrp review'), and suppress them");
    if (who.exported < who.known)
        return needs_work(counted(who.known - who.exported, "suppressed complainant") +
                              " not known to every consumer of the list",
                          who.exported == 0 ? "run the exports ('jmrp export'); where none is configured, configure one"
                                            : "run the exports: 'jmrp export'");
    const auto all = static_cast<double>(who.known + who.unnamed);
    if (all > 0 && per_cent * static_cast<double>(who.unnamed) / all > ground.policy.unnamed_percent)
        return needs_person(counted(who.unnamed, "report") + " of " + number(all) +
                                " of which nobody knows who complained",
                            "decide whether those people still get mail");
    return met("all " + counted(who.known, "known complainant") + " suppressed and exported");
}

Ruling judge_leaks(const Ground& ground) {
    const auto& known = ground.evidence.leaks;
    if (!known)
        return unknown("it is not known whether suppressed people got mail",
                       "read reports ('jmrp ingest') and mail logs ('jmrp import sent') in");
    const domain::Leaks& leaks = known->value;
    const auto& repair = ground.evidence.repair;
    const util::Seconds from = repair ? repair->value.at : 0;
    const auto after = std::ranges::count_if(leaks.complained, [&](util::Seconds sent) { return sent > from; });
    if (after > 0 || (leaks.last_in_log && *leaks.last_in_log > from))
        return needs_work("mail went to people who were suppressed and exported" +
                              (after > 0 ? ": " + counted(after, "complaint") : std::string(", says the log")),
                          "find the sender that ignores the list: 'jmrp leaks'");
    if (leaks.log_was_read)
        return met("no mail went to suppressed people, by their complaints and the log");
    if (expected_of_leak(ground.evidence, ground.policy) < enough_to_show)
        return unknown(
            "no suppressed person complained about later mail, but so few of them would that it proves nothing",
            "read the mail server's log in ('jmrp import sent'): it shows whether suppressed people get mail");
    return met("no suppressed person complained about later mail");
}

Ruling judge_clean(const Ground& ground) {
    const domain::Evidence& evidence = ground.evidence;
    const GatePolicy& policy = ground.policy;
    if (!evidence.repair)
        return unknown("it is not known when the cause was repaired", write_cause);
    const util::Seconds needed = policy.clean_hours * one_hour;
    const util::Seconds at = evidence.repair->value.at;
    if (evidence.now < at + needed)
        return waits("the repair was " + ago(at, evidence.now), at + needed);
    if (!evidence.complaints)
        return nobody_tells(evidence) ? met("the repair was " + ago(at, evidence.now)) : complaints_unknown();
    const std::vector<MailDay> days = since_repair(evidence, policy);
    if (mails_of(days) >= policy.least_mails)
        return met("the repair was " + ago(at, evidence.now) + "; complaints since then are judged by their rate");
    for (auto day = days.rbegin(); day != days.rend(); ++day) {
        const util::Seconds clean = (day->day + util::Seconds{1}) * one_day + needed;
        if (day->complaints > 0 && clean > evidence.now)
            return waits(counted(day->complaints, "complaint") + " about the little mail of " + util::iso_day(day->day),
                         clean);
    }
    return met("no complaint about mail of the last " + counted(policy.clean_hours, "hour"));
}

Ruling judge_rate(const Ground& ground) {
    const domain::Evidence& evidence = ground.evidence;
    const GatePolicy& policy = ground.policy;
    if (!evidence.complaints)
        return nobody_tells(evidence)
                   ? needs_person("Microsoft tells of no complaints there", "decide whether recipients wanted the mail")
                   : complaints_unknown();
    if (const auto days = since_repair(evidence, policy); mails_of(days) > 0)
        return judge_rate_since(days, evidence, policy);
    const auto blocked = block_day(evidence);
    if (!blocked)
        return unknown("it is not known when the block began", "read mail logs in: 'jmrp import sent'");
    return judge_rate_before(*blocked, evidence, policy);
}

Ruling judge_feed(const Ground& ground) {
    const domain::Evidence& evidence = ground.evidence;
    const GatePolicy& policy = ground.policy;
    if (nobody_tells(evidence))
        return met("there is no feed about this list");
    constexpr const char* prove =
        "prove that the feed lives: move some mails of yours to Junk in mailboxes of your own, and note "
        "it: 'jmrp delist trial'";
    if (!evidence.feed || !evidence.feed->value.last_report)
        return unknown("no report is known to have come", prove);
    const util::Seconds last = *evidence.feed->value.last_report;
    const std::string seen = "the last report came " + ago(last, evidence.now);
    if (evidence.repair) {
        const util::Seconds from = evidence.repair->value.at + policy.feed_after_hours * one_hour;
        if (last < from && evidence.now < from)
            return waits(seen + ": complaints about mail after the repair may still come", from, prove);
        if (last < from)
            return unknown(seen + ", too soon after the repair: silence proves nothing", prove);
    }
    if (evidence.now - last > policy.feed_hours * one_hour)
        return unknown(seen, prove);
    if (evidence.complaints) {
        const Forwarded forwarded = forwarded_share(evidence, policy);
        if (forwarded.share.upper < policy.least_forwarded)
            return needs_work("SNDS counts " + counted(forwarded.complaints, "complaint") + ", and at most " +
                                  number(forwarded.share.upper * per_cent, 1) + " % of them came",
                              "find out where reports are lost");
    }
    return met(seen);
}

Ruling judge_snds(const Ground& ground) {
    if (nobody_tells(ground.evidence))
        return met("SNDS does not tell of this list");
    const auto& snds = ground.evidence.snds;
    if (!snds)
        return unknown("it is not known what SNDS says",
                       "fetch SNDS ('jmrp snds fetch'), or say that you have no access: delist.without_snds");
    if (!snds->value.enrolled)
        return met("the address is not in SNDS: all must be seen from the reports");
    if (snds->value.trap_hits_since_repair > 0)
        return needs_work(counted(snds->value.trap_hits_since_repair, "trap hit") + " since the repair",
                          "remove addresses that nobody gave you");
    const auto& status = snds->value.status;
    return met(!status           ? "SNDS lists no status of the address, which is no proof of no block"
               : status->blocked ? "SNDS says the address is blocked"
                                 : "SNDS says mail of the address is junked");
}

} // namespace jmrp::reputation
