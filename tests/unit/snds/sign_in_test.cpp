#include "snds/sign_in.hpp"

#include <catch2/catch.hpp>

#include "util/percent.hpp"

using namespace jmrp;
using namespace jmrp::snds;

namespace {

const SignIn sign_in{"https://login.example/oauth2/v2.0", "a53a6cc1", "", "http://localhost:4711"};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Denied denied(int status, const std::string& body) {
    return std::get<Denied>(read_token_answer(status, body));
}

} // namespace

TEST_CASE("snds: the address to sign in at holds the challenge and never the verifier") {
    // RFC 7636 appendix B
    const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const std::string url = authorize_url(sign_in, "st&te", verifier);
    CHECK(url.starts_with("https://login.example/oauth2/v2.0/authorize?response_type=code&"));
    CHECK(holds(url, "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"));
    CHECK(holds(url, "&state=st%26te&"));
    CHECK(holds(url, "&redirect_uri=http%3A%2F%2Flocalhost%3A4711&"));
    CHECK(holds(url, "&scope=a53a6cc1%2F.default%20offline_access%20openid%20profile&"));
    CHECK_FALSE(holds(url, verifier));
}

TEST_CASE("snds: a code is redeemed with its verifier, a refresh token with the same scope") {
    const std::string redeem = redeem_form(sign_in, "M.C1/x+y", "verifier");
    CHECK(redeem.starts_with("grant_type=authorization_code&client_id=a53a6cc1&"));
    CHECK(holds(redeem, "&code=M.C1%2Fx%2By&code_verifier=verifier"));
    CHECK(holds(redeem, "redirect_uri=http%3A%2F%2Flocalhost%3A4711"));
    CHECK(holds(refresh_form(sign_in, "M.R3=!"), "&refresh_token=M.R3%3D%21"));
    CHECK(holds(refresh_form({"", "id", "own scope", ""}, "r"), "scope=own%20scope"));
}

TEST_CASE("snds: the answer to a sign-in is tokens, or a reason without anything secret") {
    const auto tokens = std::get<Tokens>(read_token_answer(
        200, R"({"token_type":"Bearer","access_token":"eyJ.a.b","refresh_token":"M.R3","expires_in":3600})"));
    CHECK(tokens.access == "eyJ.a.b");
    CHECK(tokens.refresh == "M.R3");
    const Denied dead =
        denied(400, R"({"error":"invalid_grant","error_description":"AADSTS70000: the token M.R3 was reused"})");
    CHECK(dead.error == "invalid_grant");
    CHECK(dead.code == "AADSTS70000");
    CHECK(dead.is_final);
    CHECK_FALSE(denied(429, R"({"error":"temporarily_unavailable"})").is_final);
    CHECK_FALSE(denied(200, "<html>").is_final);
    CHECK(denied(200, R"({"access_token":"a\r\nHost: evil"})").error == "no_access_token");
    CHECK(denied(400, R"({"error":"<b>evil</b>"})").error.empty());
    CHECK(denied(400, R"([1])").error.empty());
}

TEST_CASE("snds: what a browser brings back is read from an address, a path or a query") {
    for (const char* text : {"http://localhost:4711/?code=M.C1%2Fx&state=abc#frag", "/?code=M.C1%2Fx&state=abc",
                             " code=M.C1%2Fx&state=abc&session_state=1 "}) {
        const auto returned = read_redirect(text);
        REQUIRE(returned);
        CHECK(returned->code == "M.C1/x");
        CHECK(returned->state == "abc");
        CHECK(returned->error.empty());
    }
    CHECK(read_redirect("/?error=access_denied&state=abc")->error == "access_denied");
    CHECK(read_redirect("/?error=%3Cscript%3E&state=abc")->error == "error");
    CHECK_FALSE(read_redirect("/favicon.ico"));
    CHECK_FALSE(read_redirect(""));
}

TEST_CASE("percent encoding: values of a query are decoded, what is none stays") {
    CHECK(util::percent_decode("a%2Fb+c%20d") == "a/b c d");
    CHECK(util::percent_decode("100%") == "100%");
    CHECK(util::percent_decode("%4") == "%4");
    CHECK(util::percent_decode("%zz%41") == "%zzA");
}
