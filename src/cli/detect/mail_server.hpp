#pragma once
// Which mail server runs here, what it calls itself, and which domains it takes mail for.
#include <optional>
#include <string>
#include <vector>

#include "cli/detect/machine.hpp"

namespace jmrp::cli {

struct MailServer {
    enum class Kind { none, postfix, exim };
    Kind kind = Kind::none;
    std::optional<Detected> host_name; ///< a complete domain name: the mail server's word, else that of the system
    std::vector<Detected> domains;     ///< of its local mail, and of its host; each once
    std::vector<std::string> not_read; ///< sentences: what could not be found out
    std::string exim;                  ///< the program: "exim4" or "exim"
};

MailServer detect_mail_server(const Machine& machine);

struct EximConfiguration {
    std::string file;
    std::string text; ///< as Exim read it, with what it includes; where Exim does not say that, the file as it stands
};
/// Nothing where there is no Exim, or neither it nor we may read the file.
std::optional<EximConfiguration> exim_configuration(const Machine& machine, const MailServer& server);

/// The value of a parameter of Postfix, every "$name" replaced; nothing where there is no Postfix.
std::optional<std::string> postfix_value(const Machine& machine, const std::string& parameter);

/// The domain names in a list as Postfix and Exim write them: those that are none (tables, patterns, negations, names without a
/// dot, names of one host alone such as localhost.localdomain) are passed over.
std::vector<std::string> domains_in(std::string_view list, std::string_view separators);
/// Whether a list names tables, whose content was not read.
bool names_tables(std::string_view list);

} // namespace jmrp::cli
