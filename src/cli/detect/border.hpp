#pragma once
// What here writes Authentication-Results (RFC 8601) into mail from outside, and under which names.
#include <string>
#include <vector>

#include "cli/detect/mail_server.hpp"

namespace jmrp::cli {

/// Something that is there and does not work.
struct Obstacle {
    std::string what;                ///< a sentence
    std::vector<std::string> remedy; ///< what to do, a line each; may be empty
};

struct Border {
    std::vector<Detected> authserv_ids; ///< lower case, each once; empty: nothing was found that writes any
    std::vector<Obstacle> obstacles;
};

Border detect_border(const Machine& machine, const MailServer& server);

/// What makes that mail server write Authentication-Results where nothing does yet, a line each. Empty where it is not known.
std::vector<std::string> how_to_add_results(const Machine& machine, const MailServer& server);

/// The last value of a setting "Name value" or "Name = value", names in any case, "#" begins a comment.
std::optional<std::string> setting_in(std::string_view text, std::string_view name);
/// Where rspamd puts its Authentication-Results, as its file milter_headers.conf says. Its own routine asks for the position
/// behind the first field, and Postfix counts its Received field; ours (examples/rspamd) for the one before.
enum class RspamdResults { none, below_received, on_top };
RspamdResults rspamd_results_in(std::string_view milter_headers);

struct EximResults {
    std::string id;      ///< as written: "$primary_hostname" or a name
    bool on_top = false; ///< :at_start:, where it can be told from a stranger's
};
/// The uses of ${authresults {ID}} in a configuration of Exim.
std::vector<EximResults> exim_results_in(std::string_view configuration);

} // namespace jmrp::cli
