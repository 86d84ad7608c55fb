#pragma once
// The two forms of a token, without the search for them.
#include <optional>
#include <string>
#include <string_view>

#include "domain/token.hpp"

namespace jmrp::attribute {

struct TokenForm {
    std::string_view marker;
    bool (*accepts)(char c); ///< characters after the marker
    std::size_t least_chars; ///< marker included; what is shorter is no token
    std::optional<std::string> (*decode)(std::string_view text);
    std::size_t key_at; ///< of the decoded bytes: where the key's number is
    /// Nothing where the seal or what it holds is wrong.
    std::optional<domain::TokenClaims> (*unseal)(const util::Key& key, std::string_view bytes,
                                                 domain::TokenPurpose purpose);
};

extern const TokenForm long_form;
extern const TokenForm short_form;

/// What is sealed with a token besides its claims.
std::string associated_data(std::string_view marker, domain::TokenPurpose purpose, unsigned key_id);

} // namespace jmrp::attribute
