#include "cli/doctor/checks.hpp"

namespace jmrp::cli {

std::string key_line(const Patient& patient, std::string_view section, std::string_view line) {
    return "under [" + std::string(section) + "] in " + patient.config.file.string() + ": " + std::string(line);
}

std::span<const DoctorCheck> doctor_checks() {
    static constexpr DoctorCheck table[] = {
        {"configuration", "what is yours, and which reports are believed", look_at_configuration},
        {"database", "everything that came is kept there", look_at_database},
        {"disk space", "a full disk keeps every report waiting at the mail server", look_at_space},
        {"mail server", "it hands reports over", look_at_mail_server},
        {"delivery", "mail to the feedback address ends in 'jmrp ingest'", look_at_pipe},
        {"mailboxes", "'jmrp poll' fetches the reports that nobody hands over", look_at_mailboxes},
        {"own networks", "a report about another's IP suppresses nobody of yours", look_at_own_networks},
        {"own domains", "return paths in them are read for recipients, and your own people are never suppressed",
         look_at_own_domains},
        {"authserv-ids", "what your border found out about a sender is believed", look_at_authserv_ids},
        {"secret address", "a report to an address that nobody else knows is the provider's", look_at_secret_address},
        {"signatures", "jmrp checks them itself where your border does not", look_at_dkim},
        {"verdicts", "only authentic reports suppress anybody, unless policy.act_on says otherwise", look_at_verdicts},
        {"token keys", "a token in your mail says who complained where the report does not", look_at_token_keys},
        {"tokens", "a token helps only where the mail carries it", look_at_tokens},
        {"stamped mail", "it says whom a mail to several people went to, whose token says a queue id", look_at_stamped},
        {"send log", "it says whom a mail went to, and confirms an address that a report names", look_at_send_log},
        {"feeds", "silence is not zero: enrolments lapse", look_at_feeds},
        {"attribution", "a complaint without a recipient suppresses nobody", look_at_attribution},
        {"snds", "what Microsoft makes of your mail, which no report tells", look_at_snds},
        {"exports", "whoever sends the mail gets the list by 'jmrp export'", look_at_exports},
        {"waiting", "what waits has no effect yet", look_at_waiting},
    };
    return table;
}

} // namespace jmrp::cli
