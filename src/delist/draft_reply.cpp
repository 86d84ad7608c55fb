#include "delist/desk.hpp"
#include "reputation/rules.hpp"

namespace jmrp::delist {

using domain::MitigationOutcome;

namespace {

struct Answer {
    MitigationOutcome outcome;
    const char* opening;
};
constexpr Answer answers[] = {
    {MitigationOutcome::not_qualified, "We would ask you to look at this again, with what follows."},
    {MitigationOutcome::refused_cause,
     "You saw an irregular pattern in our mail. This is how much we sent, what the reason was, and what we changed."},
    {MitigationOutcome::more_info, "Here is what you asked for."},
    {MitigationOutcome::nothing_detected, "Our mail is still refused. This is what your server said last, and when."},
};

} // namespace

void fill_reply(Draft& draft, const Desk& desk) {
    const domain::Evidence& evidence = desk.first().evidence;
    const domain::Request* found = evidence.requests ? reputation::last_request(evidence.requests->value) : nullptr;
    if (!found) {
        draft.missing.emplace_back("the request that this replies to: jmrp delist submitted");
        return;
    }
    const domain::Request& last = *found;
    const std::string ticket = one_line(last.ticket);
    const bool patterns = last.verdict == MitigationOutcome::refused_cause;
    Account account;
    std::string opening = "Hello,\n\nthank you for your answer";
    opening += last.answered ? " of " + when(*last.answered) : "";
    opening += ticket.empty() ? "" : " about " + ticket;
    opening += " (" + desk.addresses() + ").";
    for (const Answer& answer : answers)
        if (last.verdict == answer.outcome)
            opening += " " + std::string(answer.opening);
    account.say(std::move(opening));
    if (desk.occasion.new_addresses)
        account.say("These addresses are new and have no history of mail with you. Please grant them pre-emptive "
                    "accommodation while they warm up.");
    for (const Case& one : desk.cases)
        tell_refusal(account, one);
    if (patterns || last.verdict == MitigationOutcome::more_info)
        for (const Case& one : desk.cases)
            tell_days(account, one);
    tell_all(account, desk.cases, desk.occasion);
    account.say(closing(draft, desk.settings));
    draft.where = ticket.empty() ? "the thread of their last answer" : "ticket " + ticket;
    draft.fields = {{"Reply", "", joined(account.paragraphs, "\n\n")}};
    if (ticket.empty())
        draft.missing.emplace_back("the number of the ticket: jmrp delist submitted --ticket");
    take_missing(draft, account);
    draft.hints = {"Reply to their last mail and leave its subject as it is: the ticket is in it. Send no new form.",
                   "Send it once, by a server whose address is not blocked: theirs refuses those that are.",
                   "A person there answers within a day as a rule; sometimes it takes several."};
}

} // namespace jmrp::delist
