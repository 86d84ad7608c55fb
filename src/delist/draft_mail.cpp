#include <algorithm>

#include "delist/desk.hpp"
#include "domain/refusal_text.hpp"
#include "mail/message.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::delist {

namespace {

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

} // namespace

void fill_mail(Draft& draft, const Desk& desk) {
    const domain::DelistSettings& settings = desk.settings;
    Account account;
    tell_all(account, desk.cases, desk.occasion);
    draft.where = delist_mailbox(desk);
    const std::string address = desk.first().evidence.ip.text();
    const bool attached = !desk.occasion.notice.empty();
    const std::string text = "Hello,\n\nplease take " + desk.addresses() + " off the block list." +
                             (attached ? " The mail that was returned to us is attached.\n\n" : "\n\n") +
                             joined(account.paragraphs, "\n\n") + "\n\n" + closing(draft, settings);
    draft.fields = {
        {"From", "", wanted(draft, settings.contact_email, "contact_email")},
        {"To", "", draft.where},
        {subject_field, "", desk.title("Please take off the block list:")},
        {text_field, "", wrapped(text)},
    };
    take_missing(draft, account);
    if (!attached)
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

mail::Outgoing outgoing(const Draft& draft, const domain::DelistSettings& settings, const Occasion& occasion,
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
