#include "delist/draft.hpp"

#include <algorithm>

#include "delist/account.hpp"
#include "domain/refusal_text.hpp"
#include "mail/message.hpp"
#include "reputation/rules.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::delist {

using domain::BlockList;
using domain::DelistSettings;
using domain::Door;
using domain::MitigationOutcome;

namespace {

struct Desk {
    std::span<const Case> cases;
    const DelistSettings& settings;
    const Occasion& occasion;

    const Case& first() const { return cases.front(); }
    std::string addresses() const { return joined(addresses_of(cases, occasion), "; "); }
    std::string code() const {
        const domain::Refusals* block = newest_block(first().evidence);
        return block ? one_line(block->code) : std::string();
    }
    std::string title(std::string_view begin) const {
        const std::string tag = code();
        return std::string(begin) + " " + addresses() + (tag.empty() ? "" : " (" + tag + ")");
    }
};

void take(Draft& draft, Account& account) {
    for (std::string& one : account.missing)
        draft.missing.push_back(std::move(one));
    account.missing.clear();
}

/// Says that a key of the configuration is needed.
const std::string& wanted(Draft& draft, const std::string& value, const char* key) {
    if (value.empty())
        draft.missing.push_back(std::string(key) + " in [delist] of the configuration");
    return value;
}

std::string closing(Draft& draft, const DelistSettings& settings) {
    return "Thank you for looking into it.\n\n" + one_line(wanted(draft, settings.contact_name, "contact_name"));
}

std::string own_domains(Draft& draft, const Desk& desk) {
    std::vector<std::string> out;
    for (const Case& one : desk.cases)
        if (one.evidence.from_domains)
            for (const domain::FromDomain& of : one.evidence.from_domains->value)
                if (std::ranges::find(out, one_line(of.domain)) == out.end())
                    out.push_back(one_line(of.domain));
    if (out.empty())
        out = desk.settings.from_domains;
    if (out.empty())
        draft.missing.emplace_back("from_domains in [delist] of the configuration");
    return joined(out, ", ");
}

// ---- the form for Outlook.com

struct Label {
    domain::Sender value;
    const char* text; ///< what the form offers
};
constexpr Label senders[] = {
    {domain::Sender::isp, "ISP"},
    {domain::Sender::esp, "ESP"},
    {domain::Sender::hotmail_customer, "Hotmail customer"},
    {domain::Sender::customer_of_isp, "Customer of another ISP"},
    {domain::Sender::university, "University IT"},
    {domain::Sender::business, "Business (non-marketing)"},
    {domain::Sender::other, "Other"},
};
std::string label_of(domain::Sender sender) {
    const auto* const row = std::ranges::find(senders, sender, &Label::value);
    return row == std::end(senders) ? "Other" : row->text;
}
std::string label_of(domain::ServerType type) {
    std::string out(to_text(type));
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out;
}

/// Names, ids and order as the form has them, seen in 2024 and 2025.
void fill_form(Draft& draft, const Desk& desk) {
    const DelistSettings& settings = desk.settings;
    Account account;
    for (const Case& one : desk.cases)
        tell_refusal(account, one);
    tell_all(account, desk.cases, desk.occasion);
    draft.where = settings.form_url;
    draft.fields = {
        {"Issue title", "IssueTitle", desk.title("Mail is refused from")},
        {"Contact name", "ContactName", wanted(draft, settings.contact_name, "contact_name")},
        {"Domain you send to", "DomainTo", joined(settings.domains_to, ", ")},
        {"Contact e-mail", "ContactEmail", wanted(draft, settings.contact_email, "contact_email")},
        {"Time zone", "ddlTimezones", settings.time_zone},
        {"Domain you send from", "DomainFrom", own_domains(draft, desk)},
        {"Describe yourself", "SelfDescription", label_of(settings.sender)},
        {"Outgoing IPs", "IpAddresses", desk.addresses()},
        {"Server type", "ServerType", label_of(settings.server_type)},
        {"Error messages", "ErrorMessages", joined(account.paragraphs, "\n\n")},
        {"Web site", "WebsiteUrl", wanted(draft, settings.website, "website")},
    };
    take(draft, account);
    draft.hints = {"Sign in with the Microsoft account of the contact e-mail; the form takes that one and no other.",
                   "Send it once. A second one does not help: whatever they answer, reply in the same thread.",
                   "A receipt with a ticket number comes within the hour, a first verdict within two days."};
}

// ---- the portal of Microsoft 365

bool is_at_microsoft(std::string_view mailbox) {
    const std::string domain = util::lower(mailbox.substr(mailbox.find('@') + 1));
    constexpr std::string_view words[] = {"outlook.", "hotmail.",        "live.",
                                          "msn.com",  "windowslive.com", "microsoft.com"};
    return std::ranges::any_of(words, [&](std::string_view word) { return domain.starts_with(word); }) ||
           domain.ends_with(".onmicrosoft.com");
}

void fill_portal(Draft& draft, const Desk& desk) {
    const DelistSettings& settings = desk.settings;
    draft.where = settings.portal_url;
    for (const std::string& address : addresses_of(desk.cases, desk.occasion)) {
        draft.fields.push_back({"Email address", "", wanted(draft, settings.contact_email, "contact_email")});
        draft.fields.push_back({"IP address", "", address});
        if (address.find('/') != std::string::npos)
            draft.missing.push_back("the single addresses of " + address + ": the portal takes no network");
    }
    std::ranges::sort(draft.missing);
    draft.missing.erase(std::unique(draft.missing.begin(), draft.missing.end()), draft.missing.end());
    draft.hints = {
        "One address a visit, and one mailbox: for each further IP begin anew.",
        "A mail with a link comes to the mailbox. Open it at once, it is good for about ten minutes, and press "
        "\"Delist IP\".",
        "That mail breaks rules that strict servers insist on (long lines, DMARC): use a mailbox that is not "
        "behind one.",
        "It takes up to a day, sometimes longer, and no mail tells that it is done: watch whether mail is "
        "accepted, then note it with jmrp delist close."};
    if (is_at_microsoft(settings.contact_email))
        draft.hints.emplace_back("The contact's mailbox is at Microsoft itself, which the portal does not like: take "
                                 "another one.");
}

// ---- the mailbox for delisting

constexpr std::size_t mail_columns = 72;
constexpr const char* subject_field = "Subject";
constexpr const char* text_field = "Text";

std::string text_of(const Draft& draft, std::string_view field) {
    const auto found = std::ranges::find(draft.fields, field, &DraftField::name);
    return found == draft.fields.end() ? std::string() : found->text;
}

/// Breaks lines at blanks.
std::string wrapped(std::string_view text) {
    std::string out;
    for (std::string_view line : util::split(text, '\n')) {
        while (line.size() > mail_columns) {
            std::size_t at = line.rfind(' ', mail_columns);
            if (at == std::string_view::npos || at == 0)
                at = line.find(' ');
            if (at == std::string_view::npos || at == 0)
                break;
            out += std::string(line.substr(0, at)) + "\n";
            line.remove_prefix(at + 1);
        }
        out += std::string(line) + "\n";
    }
    return out;
}

/// In the texts of the returned mail, however they are encoded.
std::optional<domain::Address> mailbox_in(const mail::Part& part) {
    if (auto found = domain::printed_mailbox(part.body))
        return found;
    for (const mail::Part& inner : part.parts)
        if (!part.is_embedded_message())
            if (auto found = mailbox_in(inner))
                return found;
    return std::nullopt;
}

std::string delist_mailbox(const Desk& desk) {
    const domain::Refusals* block = newest_block(desk.first().evidence);
    std::optional<domain::Address> printed;
    if (block && block->newest)
        printed = domain::printed_mailbox(block->newest->text);
    if (!printed && !desk.occasion.notice.empty()) {
        std::vector<domain::Defect> ignored;
        printed = mailbox_in(mail::parse(desk.occasion.notice, domain::Limits{}, ignored));
    }
    return printed ? printed->text() : desk.settings.delist_address;
}

void fill_mail(Draft& draft, const Desk& desk) {
    const DelistSettings& settings = desk.settings;
    Account account;
    tell_all(account, desk.cases, desk.occasion);
    draft.where = delist_mailbox(desk);
    const std::string address = desk.first().evidence.ip.text();
    std::string text = "Hello,\n\nplease take " + desk.addresses() +
                       " off the block list. The mail that was returned to us is attached.\n\n" +
                       joined(account.paragraphs, "\n\n") + "\n\n" + closing(draft, settings);
    draft.fields = {
        {"From", "", wanted(draft, settings.contact_email, "contact_email")},
        {"To", "", draft.where},
        {subject_field, "", desk.title("Please take off the block list:")},
        {text_field, "", wrapped(text)},
    };
    take(draft, account);
    if (desk.occasion.notice.empty())
        draft.missing.push_back("the mail that came back to you, with the refusal of " + address +
                                " in it: they want all of it (--notice)");
    draft.hints = {
        "Send it by a server whose address is not blocked.",
        "What came back to you goes along as it is: it names the recipient and holds your mail, or its header.",
        "An answer comes within two days. Reply to it; do not send the same again."};
    if (draft.where.ends_with("@messaging.microsoft.com"))
        draft.hints.push_back(draft.where + " may be dead: if the mail comes back, send it to " +
                              settings.delist_address + ".");
}

// ---- a reply

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

void fill_reply(Draft& draft, const Desk& desk) {
    const domain::Evidence& evidence = desk.first().evidence;
    if (!evidence.requests || evidence.requests->value.empty()) {
        draft.missing.emplace_back("the request that this replies to: jmrp delist submitted");
        return;
    }
    const domain::Request& last = evidence.requests->value.back();
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
    take(draft, account);
    draft.hints = {"Reply to their last mail and leave its subject as it is: the ticket is in it. Send no new form.",
                   "Send it once, by a server whose address is not blocked: theirs refuses those that are.",
                   "A person there answers within a day as a rule; sometimes it takes several."};
}

// ---- which of them

struct DoorRow {
    Door door;
    void (*fill)(Draft& draft, const Desk& desk);
};
constexpr DoorRow doors[] = {
    {Door::consumer_form, fill_form},
    {Door::portal, fill_portal},
    {Door::delist_mail, fill_mail},
    {Door::reply, fill_reply},
};

bool listed(const domain::Evidence& evidence) {
    return evidence.spamhaus && std::ranges::find(evidence.spamhaus->value, domain::Listing::listed,
                                                  &domain::ListFinding::listing) != evidence.spamhaus->value.end();
}

bool refused_as(const domain::Evidence& evidence, bool (*is)(const domain::Refusals&)) {
    return evidence.refusals && std::ranges::any_of(evidence.refusals->value, is);
}

void tell_instead(Draft& draft, const Case& one, const DelistSettings& settings) {
    using domain::Refusals;
    using domain::RejectionCategory;
    const domain::Evidence& evidence = one.evidence;
    const std::string ip = evidence.ip.text();
    const auto say = [&](bool is, const std::string& sentence) {
        if (is)
            draft.instead.push_back(sentence);
    };
    say(listed(evidence) ||
            refused_as(evidence, [](const Refusals& refusals) { return refusals.list == BlockList::spamhaus; }),
        "Spamhaus lists " + ip + " or a domain of its mail: " + settings.spamhaus_url +
            "  Microsoft cannot lift that, and hears of its end some hours later.");
    if (one.decision.door)
        return;
    say(refused_as(evidence,
                   [](const Refusals& refusals) { return refusals.category == RejectionCategory::third_party_block; }),
        "A list of somebody else, or a customer's own, refuses " + ip +
            ": ask whoever keeps it, or the recipients by another way.");
    say(refused_as(evidence, [](const Refusals& refusals) { return refusals.category == RejectionCategory::tenant; }),
        "A customer who sends through Microsoft is refused: ask the administrator there.");
    say(refused_as(evidence,
                   [](const Refusals& refusals) { return refusals.category == RejectionCategory::rate_limit; }),
        "Rate limits end by themselves when less is sent: there is nothing to lift.");
    const domain::Refusals* block = newest_block(evidence);
    say(block, "No door is known for " +
                   (block && !block->code.empty() ? one_line(block->code) : "a block without a tag") +
                   ": read what the refusal says, and decide.");
    say(draft.instead.empty(), "No block of " + ip + " was seen: there is nothing to ask for.");
}

} // namespace

Draft draft(std::span<const Case> cases, const DelistSettings& settings, const Occasion& occasion) {
    Draft out;
    const Desk desk{cases, settings, occasion};
    out.door = desk.first().decision.door;
    for (const Case& one : cases)
        tell_instead(out, one, settings);
    for (const DoorRow& row : doors)
        if (out.door == row.door)
            row.fill(out, desk);
    return out;
}

mail::Outgoing outgoing(const Draft& draft, const DelistSettings& settings, const Occasion& occasion,
                        util::Seconds now) {
    const auto from = domain::parse_address(settings.contact_email);
    const auto to = domain::parse_address(draft.where);
    if (!from || !to)
        throw util::Fault(util::FaultKind::configuration, "write the mail",
                          std::string("[delist] ") + (from ? "delist_address" : "contact_email") + " is no mailbox");
    mail::Outgoing out;
    out.from_name = settings.contact_name;
    out.from = *from;
    out.to = *to;
    out.date = now;
    out.attached = occasion.notice;
    out.subject = text_of(draft, subject_field);
    out.text = text_of(draft, text_field);
    return out;
}

} // namespace jmrp::delist
