#include "exports/lines.hpp"
#include "exports/target.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::exports {

std::span<const Format> formats() {
    static constexpr Format table[] = {
        {.name = "text", .purpose = "one address a line", .add = address_line},
        {.name = "csv",
         .purpose = "RFC 4180, with reason, scope, first and last report, count and note",
         .add = csv_line,
         .has_scopes = true,
         .has_details = true,
         .head = "email,reason,source,scope,first_seen,last_seen,count,campaign,note\n"},
        {.name = "jsonl",
         .purpose = "one JSON object a line, with all that is known",
         .add = json_line,
         .remove = json_line,
         .has_subscribers = true,
         .has_scopes = true,
         .has_details = true},
        {.name = "sha256", .purpose = "SHA-256 of each address in lower case, a line each", .add = sha256_line},
        {.name = "md5", .purpose = "MD5 of each address in lower case, a line each", .add = md5_line},
        {.name = "postfix-access",
         .purpose = "Postfix, check_recipient_access; postmap(1) after it",
         .add = postfix_access_line},
        {.name = "postfix-transport",
         .purpose = "Postfix, transport_maps; postmap(1) after it",
         .add = postfix_transport_line},
        {.name = "exim-lsearch",
         .purpose = "Exim, an lsearch file of addresses",
         .add = exim_line,
         .has_details = true},
        {.name = "sendmail-access",
         .purpose = "Sendmail, the access map; makemap(8) after it",
         .add = sendmail_access_line},
        {.name = "sympa", .purpose = "Sympa, addresses for 'sympa del'", .add = list_program_line, .news_only = true},
        {.name = "mailman2",
         .purpose = "Mailman 2, addresses for 'remove_members --file'",
         .add = list_program_line,
         .news_only = true},
        {.name = "majordomo",
         .purpose = "Majordomo, commands to be mailed to it",
         .add = majordomo_line,
         .news_only = true,
         .needs_list = true},
        {.name = "mlmmj",
         .purpose = "mlmmj, addresses for 'mlmmj-unsub -a'",
         .add = list_program_line,
         .news_only = true},
        {.name = "ezmlm", .purpose = "ezmlm, addresses for 'ezmlm-unsub'", .add = list_program_line, .news_only = true},
        {.name = "ses", .purpose = "Amazon SES, CSV for CreateImportJob", .add = ses_line, .news_only = true},
        {.name = "sendgrid",
         .purpose = "SendGrid, body for POST /v3/asm/suppressions/global",
         .add = sendgrid_entry,
         .news_only = true,
         .head = "{\"recipient_emails\":[",
         .separator = ",\n",
         .tail = "]}\n"},
        {.name = "mailgun",
         .purpose = "Mailgun, CSV for POST /v3/DOMAIN/complaints/import",
         .add = mailgun_line,
         .news_only = true,
         .head = "address\n"},
        {.name = "postmark",
         .purpose = "Postmark, body for POST /message-streams/STREAM/suppressions",
         .add = postmark_entry,
         .news_only = true,
         .head = "{\"Suppressions\":[",
         .separator = ",\n",
         .tail = "]}\n"},
        {.name = "sparkpost",
         .purpose = "SparkPost, body for PUT /api/v1/suppression-list",
         .add = sparkpost_entry,
         .news_only = true,
         .has_details = true,
         .head = "{\"recipients\":[",
         .separator = ",\n",
         .tail = "]}\n"},
        {.name = "kumomta",
         .purpose = "KumoMTA, one JSON object for kumo.serde.json_load: address to reason",
         .add = kumomta_entry,
         .has_details = true,
         .head = "{",
         .separator = ",\n",
         .tail = "}\n"},
        {.name = "powermta",
         .purpose = "PowerMTA, one address a line for whatever injects the mail",
         .add = address_line},
    };
    return table;
}

const Format& format_named(std::string_view name) {
    std::vector<std::string> names;
    for (const Format& format : formats()) {
        if (format.name == name)
            return format;
        names.emplace_back(format.name);
    }
    if (find_target(name))
        throw util::Fault(util::FaultKind::usage, "export suppressions",
                          "the format " + std::string(name) + " is one of servers",
                          "a section [export.NAME] with format and url says which; then 'jmrp export NAME'");
    const auto near = util::nearest(name, names);
    throw util::Fault(util::FaultKind::usage, "export suppressions",
                      "there is no format '" + util::for_terminal(name) + "'",
                      near ? "did you mean '" + *near + "'?" : "'jmrp export --formats' lists them");
}

} // namespace jmrp::exports
