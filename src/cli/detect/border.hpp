#pragma once
// What here writes Authentication-Results (RFC 8601) into mail from outside, and under which names.
#include <string>
#include <vector>

#include "cli/detect/mail_server.hpp"

namespace jmrp::cli {

struct Border {
    std::vector<Detected> authserv_ids; ///< lower case, each once; empty: nothing was found that writes any
    std::vector<std::string> notes;     ///< sentences: what is there and does not work
};

Border detect_border(const Machine& machine, const MailServer& server);

/// The last value of a setting "Name value" or "Name = value", names in any case, "#" begins a comment.
std::optional<std::string> setting_in(std::string_view text, std::string_view name);
/// Whether a file of rspamd turns on its Authentication-Results (`use` of milter_headers).
bool rspamd_writes_results(std::string_view milter_headers);

struct EximResults {
    std::string id;      ///< as written: "$primary_hostname" or a name
    bool on_top = false; ///< :at_start:, where it can be told from a stranger's
};
/// The uses of ${authresults {ID}} in a configuration of Exim.
std::vector<EximResults> exim_results_in(std::string_view configuration);

} // namespace jmrp::cli
