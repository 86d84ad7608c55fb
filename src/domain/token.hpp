#pragma once
// The token: what we write into our own mail, sealed, to know it again in a report that names nobody.
#include <memory>
#include <optional>
#include <string>

#include "domain/address.hpp"
#include "domain/names.hpp"
#include "util/clock.hpp"
#include "util/keyring.hpp"

namespace jmrp::domain {

/// What a token says. At least one of recipient and id is there.
struct TokenClaims {
    std::optional<Address> recipient;
    std::string list;
    std::string campaign;
    std::string id;              ///< opaque: a subscriber's number, or the queue of a message with many recipients
    util::Seconds sealed_at = 0; ///< whole minutes
};

/// What a token is for. It is sealed with it: a bounce proves no complaint.
enum class TokenPurpose : unsigned char { complaint = 1, bounce = 2 };

enum class TokenStatus { opened, unknown_key, retired_key, expired, wrong };
template <>
struct Names<TokenStatus> {
    static constexpr std::pair<TokenStatus, std::string_view> table[] = {{TokenStatus::opened, "opened"},
                                                                         {TokenStatus::unknown_key, "unknown-key"},
                                                                         {TokenStatus::retired_key, "retired-key"},
                                                                         {TokenStatus::expired, "expired"},
                                                                         {TokenStatus::wrong, "wrong"}};
};

struct TokenRules {
    std::shared_ptr<const util::KeyFile> keys; ///< null: no token can be opened
    std::string header = "X-Jmrp-Token";       ///< the field of ours that is looked into first
    int grace_days = 30;                       ///< how long a retired key still opens
    int max_age_days = 400;                    ///< an older token is expired
};

} // namespace jmrp::domain
