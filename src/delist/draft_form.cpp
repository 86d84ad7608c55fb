#include <algorithm>

#include "delist/desk.hpp"

namespace jmrp::delist {

namespace {

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

} // namespace

/// Names, ids and order as the form has them, seen in 2024 and 2025.
void fill_form(Draft& draft, const Desk& desk) {
    const domain::DelistSettings& settings = desk.settings;
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
    take_missing(draft, account);
    draft.hints = {"Sign in with the Microsoft account of the contact e-mail; the form takes that one and no other.",
                   "Send it once. A second one does not help: whatever they answer, reply in the same thread.",
                   "A receipt with a ticket number comes within the hour, a first verdict within two days."};
}

} // namespace jmrp::delist
