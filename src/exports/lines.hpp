#pragma once
// The families of lines. Private to exports/.
#include "exports/format.hpp"

namespace jmrp::exports {

/// An address of one word: no blank, control or line separator of any alphabet in it, not quoted, valid UTF-8, and it does
/// not begin as a comment or an option does.
bool is_plain_word(std::string_view address);

// lines.cpp: one address a line, or a digest of it
bool address_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool list_program_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool majordomo_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool sha256_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool md5_line(std::string& out, const domain::Suppression& suppression, const Words& words);

// tables.cpp: CSV and JSON
bool csv_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool json_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool mailgun_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool ses_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool sendgrid_entry(std::string& out, const domain::Suppression& suppression, const Words& words);
bool postmark_entry(std::string& out, const domain::Suppression& suppression, const Words& words);
bool sparkpost_entry(std::string& out, const domain::Suppression& suppression, const Words& words);
bool kumomta_entry(std::string& out, const domain::Suppression& suppression, const Words& words);

// mail_servers.cpp: look-up tables
bool postfix_access_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool postfix_transport_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool exim_line(std::string& out, const domain::Suppression& suppression, const Words& words);
bool sendmail_access_line(std::string& out, const domain::Suppression& suppression, const Words& words);

} // namespace jmrp::exports
