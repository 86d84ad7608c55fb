// [delist]: who asks Microsoft, how the mail is sent, and where the doors are.
#include "cli/config_rows.hpp"

namespace jmrp::cli {

namespace {

std::string read_mailbox(const std::string& text) {
    return text.empty() ? text : mail_address.write(mail_address.read(text));
}

std::string read_domain(const std::string& text) {
    return text.empty() ? text : domain_name.read(text);
}

const Form<std::string> mailbox{read_mailbox, any_text.write};
const Form<std::string> optional_domain{read_domain, any_text.write};

} // namespace

Rows<domain::DelistSettings> delist_rows() {
    using Settings = domain::DelistSettings;
    return {
        text_row("contact_name", "who asks: a person", &Settings::contact_name),
        text_row("contact_email",
                 "the mailbox that Microsoft answers to, that of the account which signs in to the form",
                 &Settings::contact_email, mailbox),
        list_row("contact_networks", "addresses of yours that mail of this mailbox leaves from",
                 &Settings::contact_networks, ip_network),
        flag_row("contact_elsewhere", "mail of this mailbox leaves from none of your addresses",
                 &Settings::contact_elsewhere),
        flag_row("contact_hears_microsoft", "you saw mail from microsoft.com arrive in this mailbox",
                 &Settings::contact_hears_microsoft),
        text_row("helo", "the name that your servers say in HELO", &Settings::helo, optional_domain),
        list_row("from_domains", "domains in the From of your mail; empty: those of own.domains",
                 &Settings::from_domains, domain_name),
        list_row("envelope_domains", "domains of its return paths; empty: from_domains", &Settings::envelope_domains,
                 domain_name),
        list_row("same_mail",
                 "networks of yours whose addresses all carry the same lists and customers: mail from one proves what "
                 "another repaired",
                 &Settings::same_mail, ip_network),
        flag_row("without_snds", "you have no access to SNDS: all must be seen from the reports",
                 &Settings::without_snds),
        text_row("time_zone", "yours, as Windows calls it: \"W. Europe Standard Time\"", &Settings::time_zone),
        names_row("sender", "what the form calls \"describe yourself\"", &Settings::sender),
        names_row("server_type", "whether the server sends for you alone", &Settings::server_type),
        text_row("website", "of the sender", &Settings::website),
        list_row("domains_to", "domains you send to that the form is filled in with", &Settings::domains_to,
                 domain_name),
        text_row("form_url", "the form for Outlook.com", &Settings::form_url),
        text_row("portal_url", "the portal for Microsoft 365", &Settings::portal_url),
        text_row("delist_address", "where a refused mail goes to that names no address itself",
                 &Settings::delist_address, mailbox),
        text_row("spamhaus_url", "where Spamhaus takes addresses and domains off its lists", &Settings::spamhaus_url),
    };
}

} // namespace jmrp::cli
