#pragma once
// What the outside said about one message when it was asked, and what a person decided about it: kept with the message,
// because it cannot be asked again. Keys leave the DNS, the send log forgets.
#include <optional>

#include "domain/authenticity.hpp"
#include "domain/names.hpp"
#include "domain/sent.hpp"

namespace jmrp::domain {

enum class Review { accept, reject };
template <>
struct Names<Review> {
    static constexpr std::pair<Review, std::string_view> table[] = {{Review::accept, "accept"},
                                                                    {Review::reject, "reject"}};
};

struct Facts {
    std::optional<DkimFinding> dkim;  ///< nothing: the signatures were not checked yet
    std::optional<SentEvidence> sent; ///< nothing: the send log was not asked yet, or knew nothing
    std::optional<Review> review;     ///< what a person decided about a held report
};

} // namespace jmrp::domain
