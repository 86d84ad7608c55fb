#include "snds/sign_in.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "util/base_codes.hpp"
#include "util/digest.hpp"
#include "util/percent.hpp"
#include "util/text.hpp"

namespace jmrp::snds {

namespace {

using Json = nlohmann::json;
using util::percent_encode;

std::string scope_of(const SignIn& sign_in) {
    return sign_in.scope.empty() ? sign_in.client_id + "/.default offline_access openid profile" : sign_in.scope;
}

/// "S256": SHA-256 of the verifier.
std::string challenge_of(std::string_view verifier) {
    const std::string hex = util::sha256_hex(verifier);
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(util::hex_value(hex[i]) * 16 + util::hex_value(hex[i + 1]));
    return util::base64url(bytes);
}

/// A word of the protocol; what else a server says is not repeated.
std::string word_of(std::string_view text) {
    const auto is_of_a_word = [](char c) { return util::is_alnum(c) || c == '_'; };
    return text.size() <= 64 && std::ranges::all_of(text, is_of_a_word) ? std::string(text) : std::string();
}

std::string text_at(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "AADSTS" and its digits: the number that Microsoft's documentation knows.
std::string code_in(std::string_view description) {
    constexpr std::string_view begin = "AADSTS";
    const auto at = description.find(begin);
    if (at == std::string_view::npos)
        return {};
    std::size_t length = begin.size();
    while (length < 16 && at + length < description.size() && util::is_digit(description[at + length]))
        ++length;
    return std::string(description.substr(at, length));
}

/// Can be said in a header and stand in a line of a file.
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

} // namespace

std::string authorize_url(const SignIn& sign_in, std::string_view state, std::string_view verifier) {
    return sign_in.authority +
           "/authorize?response_type=code&response_mode=query&client_id=" + percent_encode(sign_in.client_id) +
           "&redirect_uri=" + percent_encode(sign_in.redirect) + "&scope=" + percent_encode(scope_of(sign_in)) +
           "&state=" + percent_encode(state) + "&code_challenge=" + challenge_of(verifier) +
           "&code_challenge_method=S256";
}

std::string redeem_form(const SignIn& sign_in, std::string_view code, std::string_view verifier) {
    return "grant_type=authorization_code&client_id=" + percent_encode(sign_in.client_id) +
           "&redirect_uri=" + percent_encode(sign_in.redirect) + "&scope=" + percent_encode(scope_of(sign_in)) +
           "&code=" + percent_encode(code) + "&code_verifier=" + percent_encode(verifier);
}

std::string refresh_form(const SignIn& sign_in, std::string_view refresh_token) {
    return "grant_type=refresh_token&client_id=" + percent_encode(sign_in.client_id) +
           "&scope=" + percent_encode(scope_of(sign_in)) + "&refresh_token=" + percent_encode(refresh_token);
}

std::variant<Tokens, Denied> read_token_answer(int status, std::string_view body) {
    const Json answer = Json::parse(body, nullptr, false);
    if (!answer.is_object())
        return Denied{"", "", false};
    if (status == 200) {
        Tokens tokens{text_at(answer, "access_token"), text_at(answer, "refresh_token")};
        if (is_token(tokens.access) && (tokens.refresh.empty() || is_token(tokens.refresh)))
            return tokens;
        return Denied{"no_access_token", "", false};
    }
    Denied denied{word_of(text_at(answer, "error")), code_in(text_at(answer, "error_description")), false};
    denied.is_final =
        status >= 400 && status < 500 && status != 408 && status != 429 && denied.error != "temporarily_unavailable";
    return denied;
}

std::optional<Returned> read_redirect(std::string_view text) {
    text = util::trim(text);
    if (const auto query = text.find('?'); query != std::string_view::npos)
        text.remove_prefix(query + 1);
    text = text.substr(0, text.find_first_of("# "));
    Returned out;
    for (const std::string_view part : util::split(text, '&')) {
        const auto equals = part.find('=');
        if (equals == std::string_view::npos)
            continue;
        std::string value = util::percent_decode(part.substr(equals + 1));
        const std::string_view name = part.substr(0, equals);
        if (name == "code")
            out.code = std::move(value);
        else if (name == "state")
            out.state = std::move(value);
        else if (name == "error")
            out.error = word_of(value).empty() ? "error" : word_of(value);
    }
    return out.code.empty() && out.error.empty() ? std::nullopt : std::optional(std::move(out));
}

} // namespace jmrp::snds
