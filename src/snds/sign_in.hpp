#pragma once
// Signing in with a personal Microsoft account, and staying so: OAuth 2.0, authorization code with PKCE (RFC 6749, RFC 7636), for a
// program that holds no secret of its own. What is said and what the answers mean; pure.
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace jmrp::snds {

struct SignIn {
    std::string authority; ///< URL, "/authorize" and "/token" come after it
    std::string client_id;
    std::string scope; ///< empty: all that client_id may, a refresh token with it
    std::string redirect;
};

/// Where the browser goes. `verifier` is kept, and said when the code is redeemed.
std::string authorize_url(const SignIn& sign_in, std::string_view state, std::string_view verifier);

/// Forms for "/token".
std::string redeem_form(const SignIn& sign_in, std::string_view code, std::string_view verifier);
std::string refresh_form(const SignIn& sign_in, std::string_view refresh_token);

struct Tokens {
    std::string access;
    std::string refresh; ///< takes the place of the one that it was asked with; empty: that one stays
};
struct Denied {
    std::string error;     ///< such as "invalid_grant"; letters, digits and "_" only
    std::string code;      ///< such as "AADSTS70000"; may be empty
    bool is_final = false; ///< asking again does not help: a person has to sign in
};
/// What "/token" answers. Nothing of it that may hold a secret is in Denied.
std::variant<Tokens, Denied> read_token_answer(int status, std::string_view body);

/// What the browser brings back.
struct Returned {
    std::string code;
    std::string state;
    std::string error; ///< letters, digits and "_" only; empty: none
};
/// A whole URL as it stands in the address bar, a path of it, or the query alone. Nothing where it has neither code nor error.
std::optional<Returned> read_redirect(std::string_view text);

} // namespace jmrp::snds
