#include "delist/account.hpp"

#include <algorithm>
#include <numeric>

#include "domain/refusal_text.hpp"
#include "reputation/rules.hpp"

namespace jmrp::delist {

using domain::Evidence;
using domain::MailDay;
using domain::Refusals;
using reputation::counted;
using reputation::grouped;

namespace {

constexpr std::size_t habit_days = 7; ///< with mail, before the block
constexpr std::size_t told_days = 14; ///< one by one
constexpr std::size_t words_bytes = 2000;

/// Ends as a sentence does.
std::string sentence(std::string_view words) {
    std::string out = one_line(words);
    if (!out.empty() && std::string_view(".!?").find(out.back()) == std::string_view::npos)
        out += '.';
    return out;
}

std::vector<const Refusals*> blocks_of(const Evidence& evidence) {
    std::vector<const Refusals*> out;
    if (evidence.refusals)
        for (const Refusals& refusals : evidence.refusals->value)
            if (reputation::is_block(refusals))
                out.push_back(&refusals);
    return out;
}

std::optional<util::Seconds> blocked_since(const Evidence& evidence) {
    std::optional<util::Seconds> out;
    for (const Refusals* block : blocks_of(evidence))
        out = std::min(out.value_or(block->first), block->first);
    return out;
}

/// Days before the block on which mail was accepted, newest last, so many at most.
std::vector<const MailDay*> days_before_block(const Evidence& evidence, std::size_t most) {
    std::vector<const MailDay*> out;
    const auto since = blocked_since(evidence);
    if (!evidence.complaints || !since)
        return out;
    for (const MailDay& day : evidence.complaints->value.days)
        if (day.day < util::day_of(*since) && day.accepted.value_or(0) > 0)
            out.push_back(&day);
    if (out.size() > most)
        out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(most));
    return out;
}

struct Since {
    std::int64_t accepted = 0;
    std::int64_t elsewhere = 0; ///< of the accepted
    std::int64_t complaints = 0;
    bool whole = true; ///< it is known of every day how much was accepted
};
Since since(const domain::ComplaintHistory& history, util::Day first_day) {
    Since out;
    const auto add = [&](const std::vector<MailDay>& days, bool elsewhere) {
        for (const MailDay& day : days) {
            if (day.day < first_day)
                continue;
            out.whole = out.whole && day.accepted;
            out.accepted += day.accepted.value_or(0);
            out.elsewhere += elsewhere ? day.accepted.value_or(0) : 0;
            out.complaints += day.complaints;
        }
    };
    add(history.days, false);
    add(history.elsewhere, true);
    return out;
}

void tell_mail_since(Account& account, const Evidence& evidence) {
    if (!evidence.repair || !evidence.complaints)
        return;
    const util::Day first_day = util::day_of(evidence.repair->value.at) + 1;
    const Since mail = since(evidence.complaints->value, first_day);
    if (!mail.whole || mail.accepted == 0)
        return account.miss("how much mail went without the cause since " + when(evidence.repair->value.at) +
                            ", and how many complained about it");
    const std::string from = mail.elsewhere == 0               ? " from " + evidence.ip.text()
                             : mail.elsewhere == mail.accepted ? ", from other addresses of ours with the same lists"
                                                               : ", " + counted(mail.elsewhere, "mail") +
                                                                     " of them from other addresses of ours with the "
                                                                     "same lists";
    account.say("Of the mail that we sent without the cause since " + util::iso_day(first_day) + " you accepted " +
                counted(mail.accepted, "mail") + from + ". " +
                (mail.complaints == 0 ? "None of it was reported to us so far."
                                      : counted(mail.complaints, "complaint") + " came about it so far."));
}

bool nobody_written_to(const Evidence& evidence) {
    if (!evidence.leaks || !evidence.repair || !evidence.leaks->value.log_was_read)
        return false;
    const util::Seconds at = evidence.repair->value.at;
    const domain::Leaks& leaks = evidence.leaks->value;
    return leaks.last_in_log.value_or(at) <= at &&
           std::ranges::none_of(leaks.complained, [&](util::Seconds sent) { return sent > at; });
}

std::vector<std::string> subjects_of(const std::vector<domain::ListFinding>& findings) {
    std::vector<std::string> out;
    for (const domain::ListFinding& finding : findings)
        if (std::ranges::find(out, one_line(finding.subject)) == out.end())
            out.push_back(one_line(finding.subject));
    return out;
}

std::string duty_text(const domain::FromDomain& of) {
    std::vector<std::string> holds;
    if (of.spf_includes == std::optional(true))
        holds.emplace_back("SPF includes the address");
    if (of.dkim_seen == std::optional(true))
        holds.emplace_back("its mail carries a valid DKIM signature");
    if (of.dmarc == std::optional(true))
        holds.emplace_back("it has a DMARC record");
    return joined(holds, ", ");
}

bool all_duties(const domain::FromDomain& of) {
    return of.spf_includes.value_or(false) && of.dkim_seen.value_or(false) && of.dmarc.value_or(false);
}

} // namespace

void Account::say(std::string paragraph) {
    if (!paragraph.empty() && std::ranges::find(paragraphs, paragraph) == paragraphs.end())
        paragraphs.push_back(std::move(paragraph));
}

void Account::miss(std::string what) {
    if (std::ranges::find(missing, what) == missing.end())
        missing.push_back(std::move(what));
}

std::string one_line(std::string_view text) {
    return domain::without_people(text, words_bytes);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const std::string& part : parts)
        out += (out.empty() ? "" : std::string(separator)) + part;
    return out;
}

std::string when(util::Seconds at) {
    const std::string text = util::iso8601(at);
    return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::vector<std::string> addresses_of(std::span<const Case> cases, const Occasion& occasion) {
    std::vector<std::string> out;
    for (const domain::Network& network : occasion.networks)
        out.push_back(network.short_text());
    if (out.empty())
        for (const Case& one : cases)
            out.push_back(one.evidence.ip.text());
    return out;
}

const Refusals* newest_block(const Evidence& evidence) {
    const Refusals* out = nullptr;
    for (const Refusals* block : blocks_of(evidence))
        if (!out || block->last > out->last)
            out = block;
    return out;
}

void tell_refusal(Account& account, const Case& one) {
    const Refusals* block = newest_block(one.evidence);
    if (!block || !block->newest || block->newest->text.empty())
        return account.miss("the newest refusal of " + one.evidence.ip.text() + " in the server's own words");
    const std::string host = one_line(block->newest->host);
    account.say(one_line(block->newest->text) + "\n(" + (host.empty() ? "" : host + ", ") + when(block->last) + ")");
}

void tell_block(Account& account, const Case& one) {
    const Evidence& evidence = one.evidence;
    const auto blocks = blocks_of(evidence);
    if (blocks.empty())
        return account.miss("a block refusal of " + evidence.ip.text());
    std::vector<std::string> codes;
    std::int64_t count = 0;
    for (const Refusals* block : blocks) {
        count += block->count;
        if (!block->code.empty() && std::ranges::find(codes, one_line(block->code)) == codes.end())
            codes.push_back(one_line(block->code));
    }
    const Refusals* newest = newest_block(evidence);
    std::string text = "Since " + when(*blocked_since(evidence)) + " the servers of " +
                       std::string(reputation::list_name(evidence.list)) + " have refused mail from " +
                       evidence.ip.text() + (codes.empty() ? "" : " (" + joined(codes, ", ") + ")") + ": " +
                       counted(count, "refusal") + (count == 1 ? "." : ", the last at " + when(newest->last) + ".");
    if (evidence.deliveries && evidence.deliveries->value.last_accepted)
        text += " The last mail before that was accepted at " + when(*evidence.deliveries->value.last_accepted) + ".";
    account.say(std::move(text));
}

void tell_repair(Account& account, std::span<const Case> cases) {
    std::vector<std::string> stories;
    for (const Case& one : cases) {
        const auto& repair = one.evidence.repair;
        if (!repair || repair->value.cause.empty() || repair->value.fix.empty()) {
            account.miss("what was wrong with the mail of " + one.evidence.ip.text() +
                         ", and what was changed: jmrp delist cause");
            stories.emplace_back();
            continue;
        }
        stories.push_back("What was wrong: " + sentence(repair->value.cause) +
                          "\nWhat we changed: " + sentence(repair->value.fix) + "\nSince " + when(repair->value.at) +
                          " mail is sent without that cause.");
    }
    const bool same = std::ranges::all_of(stories, [&](const std::string& story) { return story == stories.front(); });
    for (std::size_t at = 0; at < stories.size(); ++at)
        if (!stories[at].empty())
            account.say((same ? "" : cases[at].evidence.ip.text() + "\n") + stories[at]);
}

void tell_volume(Account& account, const Case& one) {
    const auto days = days_before_block(one.evidence, habit_days);
    if (days.empty())
        return account.miss("how much mail from " + one.evidence.ip.text() + " was accepted before the block");
    const auto less = [](const MailDay* a, const MailDay* b) { return *a->accepted < *b->accepted; };
    const std::int64_t least = *(*std::ranges::min_element(days, less))->accepted;
    const std::int64_t most = *(*std::ranges::max_element(days, less))->accepted;
    const std::string range = least == most ? counted(most, "mail") : grouped(least) + " to " + counted(most, "mail");
    account.say("On the " + (days.size() == 1 ? "day" : counted(static_cast<std::int64_t>(days.size()), "day")) +
                " with mail before the block, " + util::iso_day(days.front()->day) + " to " +
                util::iso_day(days.back()->day) + ", you accepted " + range + " a day from " + one.evidence.ip.text() +
                ".");
}

void tell_expected(Account& account, const Occasion& occasion) {
    if (!occasion.expected)
        return account.miss("how much mail a day you expect to send there: --volume");
    account.say("We expect to send you " + counted(*occasion.expected, "mail") + " a day" +
                (occasion.new_addresses ? ", growing slowly to that from a few on the first days." : "."));
}

void tell_days(Account& account, const Case& one) {
    const auto days = days_before_block(one.evidence, told_days);
    if (days.empty())
        return;
    std::string text = "Mail from " + one.evidence.ip.text() + " that you accepted, by day (UTC):";
    for (const MailDay* day : days)
        text += "\n" + util::iso_day(day->day) + "  " + std::to_string(*day->accepted);
    account.say(std::move(text));
}

void tell_complaints(Account& account, const Case& one) {
    const Evidence& evidence = one.evidence;
    if (evidence.list != domain::BlockList::outlook_com)
        return;
    if (const auto& people = evidence.complainants) {
        const domain::Complainants& all = people->value;
        std::string text = "Reports of JMRP about mail from " + evidence.ip.text() + " name " + grouped(all.known) +
                           (all.known == 1 ? " person" : " people") + " who complained. Of these " +
                           grouped(all.suppressed) + (all.suppressed == 1 ? " is" : " are") +
                           " suppressed, and every system that sends our mail has " + grouped(all.exported) +
                           " on its list.";
        if (nobody_written_to(evidence))
            text += " Since the change none of them was sent mail.";
        account.say(std::move(text));
    } else {
        account.miss("who complained about mail from " + evidence.ip.text() + ", and whether they are suppressed");
    }
    tell_mail_since(account, evidence);
}

void tell_sender(Account& account, const Case& one) {
    const Evidence& evidence = one.evidence;
    const std::string ip = evidence.ip.text();
    if (const auto& ptr = evidence.pointer; ptr && ptr->value.standing == domain::PtrStanding::confirmed)
        account.say(
            "The name of " + ip + " in the DNS is " + one_line(joined(ptr->value.confirmed, ", ")) +
            ", which leads back to the address" +
            (ptr->value.equals_helo == std::optional(true) ? " and is the one that the server says in HELO." : "."));
    else
        account.miss("a PTR of " + ip + " whose name leads back to it");

    const auto& spamhaus = evidence.spamhaus;
    if (spamhaus && !spamhaus->value.empty() &&
        std::ranges::all_of(spamhaus->value, [](const domain::ListFinding& of) { return is_well(of); }))
        account.say("Spamhaus was asked at " + when(spamhaus->at) +
                    " and lists none of these: " + joined(subjects_of(spamhaus->value), ", ") + ".");
    else
        account.miss("that Spamhaus lists neither " + ip + " nor the domains of its mail");
}

void tell_domains(Account& account, std::span<const Case> cases) {
    for (const Case& one : cases) {
        const auto& domains = one.evidence.from_domains;
        if (!domains || domains->value.empty()) {
            account.miss("SPF, DKIM and DMARC of the domains that mail from " + one.evidence.ip.text() +
                         " has in From");
            continue;
        }
        for (const domain::FromDomain& of : domains->value) {
            const std::string name = one_line(of.domain);
            if (!all_duties(of))
                account.miss("SPF, DKIM and DMARC of " + name + ", all three");
            if (const std::string holds = duty_text(of); !holds.empty())
                account.say(name + ": " + holds + ".");
        }
    }
}

void tell_feedback(Account& account, const Case& one) {
    const Evidence& evidence = one.evidence;
    if (evidence.list != domain::BlockList::outlook_com)
        return;
    if (evidence.snds && evidence.snds->value.enrolled)
        account.say(evidence.ip.text() + " is registered with SNDS.");
    if (evidence.feed && evidence.feed->value.last_report)
        account.say("We take part in JMRP; the last report reached us at " + when(*evidence.feed->value.last_report) +
                    ".");
    else
        account.miss("that reports of JMRP reach you");
}

void tell_all(Account& account, std::span<const Case> cases, const Occasion& occasion) {
    const auto each = [&](void (*tell)(Account&, const Case&)) {
        for (const Case& one : cases)
            tell(account, one);
    };
    each(tell_block);
    tell_repair(account, cases);
    each(tell_volume);
    tell_expected(account, occasion);
    each(tell_complaints);
    each(tell_sender);
    tell_domains(account, cases);
    each(tell_feedback);
}

} // namespace jmrp::delist
