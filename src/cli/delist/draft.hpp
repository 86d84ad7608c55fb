#pragma once
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "delist/draft.hpp"

namespace jmrp::cli {

/// What a draft is about.
struct Asked {
    std::vector<delist::Case> cases;       ///< not empty
    std::vector<domain::Network> networks; ///< as a person named them; empty: the addresses of the cases
    std::vector<domain::Network> unjudged; ///< of them; nothing was judged about any address there
    std::string notice;                    ///< the mail that came back, as it is kept; empty: none
};

/// Prints or writes the draft, with whether it is safe to send. Ends as `jmrp delist check` does, whatever was written.
ExitStatus print_draft(const Invocation& invocation, const Asked& asked);

} // namespace jmrp::cli
