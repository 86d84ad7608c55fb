#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "attribute/token.hpp"
#include "util/base_codes.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

using namespace jmrp;
using attribute::open_token;
using attribute::seal_short_token;
using attribute::seal_token;
using domain::TokenStatus;

namespace {

constexpr util::Seconds now = 1'795'305'600; // 2026-11-22
constexpr util::Seconds day = 86400;

util::Key key(unsigned id = 1, unsigned char first = 1) {
    util::Key out{id, now - 50 * day, std::nullopt, {}};
    for (std::size_t i = 0; i < out.secret.size(); ++i)
        out.secret[i] = static_cast<unsigned char>(first + i);
    return out;
}

domain::TokenRules rules(std::vector<util::Key> keys) {
    domain::TokenRules out;
    out.keys = std::make_shared<const util::KeyFile>(util::Keyring(std::move(keys)));
    return out;
}

const domain::TokenRules with_key = rules({key()});

domain::TokenClaims claims_for(std::string_view address) {
    domain::TokenClaims out;
    out.recipient = domain::parse_address(address);
    out.sealed_at = now;
    return out;
}

bool same(const domain::TokenClaims& a, const domain::TokenClaims& b) {
    return a.recipient == b.recipient && a.list == b.list && a.campaign == b.campaign && a.id == b.id &&
           a.sealed_at == b.sealed_at;
}

TokenStatus status(std::string_view text, const domain::TokenRules& by = with_key, util::Seconds at = now) {
    return open_token(text, by, at).status;
}

class Random {
  public:
    explicit Random(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }
    std::string text(std::size_t most, std::string_view alphabet) {
        std::string out(1 + below(most), ' ');
        for (char& c : out)
            c = alphabet[below(alphabet.size())];
        return out;
    }
    domain::TokenClaims claims() {
        domain::TokenClaims out;
        if (below(5) != 0)
            out.recipient = domain::parse_address(text(30, "abcdefghijXYZ0123456789_+-=") + "@" +
                                                  (below(2) ? "outlook.example" : "mail.users.example"));
        if (below(3) == 0)
            out.list = text(20, "abcdefgh-.");
        if (below(3) == 0)
            out.campaign = text(12, "0123456789abcdef");
        if (!out.recipient || below(4) == 0)
            out.id = text(24, "0123456789abcdefXYZ-/ ");
        out.sealed_at = (now / 60 - static_cast<util::Seconds>(below(100'000))) * 60;
        return out;
    }

  private:
    std::mt19937 engine_;
};

/// What may stand in a short token: one claim, by the day.
std::optional<domain::TokenClaims> short_claims(domain::TokenClaims claims) {
    claims.list.clear();
    claims.campaign.clear();
    if (claims.recipient)
        claims.id.clear();
    claims.sealed_at = claims.sealed_at / day * day;
    try {
        static_cast<void>(seal_short_token(key(), claims));
    } catch (const util::Fault&) {
        return std::nullopt;
    }
    return claims;
}

constexpr std::string_view long_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

} // namespace

// These texts are in mails that were sent. They are never changed; a new form gets a new marker.
TEST_CASE("token: what was sealed once opens for ever") {
    util::SealNonce nonce{};
    for (std::size_t i = 0; i < nonce.size(); ++i)
        nonce[i] = static_cast<unsigned char>(0x40 + i);
    domain::TokenClaims claims = claims_for("alice@outlook.example");
    claims.list = "weekly";
    claims.campaign = "2026-47";
    claims.id = "4711";
    const std::string text = seal_token(key(), claims, domain::TokenPurpose::complaint, nonce);
    const char* const known = "jt1EQFAQUJDREVGR0hJSktMTU5PUFFSU1RVVlf1UVkRqK-FauXNtQMfCyQylF4h8Mj"
                              "TUtaWq3Z8aC1fU5BTzdeL9SMWzcIzDPFStM8yC-ebjSk3RE8x0lsm_BIe";
    CHECK(text == known);
    const auto opened = open_token(known, with_key, now);
    CHECK(opened.status == TokenStatus::opened);
    CHECK(opened.key_id == 1);
    CHECK(same(opened.claims, claims));

    struct Vector {
        domain::TokenClaims claims;
        const char* text;
    };
    domain::TokenClaims by_id;
    by_id.sealed_at = now;
    by_id.id = "QueueID/17";
    domain::TokenClaims by_uuid = by_id;
    by_uuid.id = "0adc0220-7bc8-4f1d-86b1-177f6654fd40";
    const Vector vectors[] = {
        {claims_for("alice@outlook.example"), "js1af4mzxlxujx5yged6s4osrx66z7zhgmy2gjma2aghfmwo"},
        {claims_for("alice.p_miller-99@outlook.com"), "js1agidxu5c2mzpstr7aebhijs24ew6w6ngtzr2wuhm"},
        {claims_for("Alice@users.example"), "js1aflom7kxsb66gsdzkaoijuqxka3jyb6psjxfewtqparxm6upzu"},
        {by_id, "js1agjeg3we3qomgeanmcek7ufsd73g63mca6hq"},
        {by_uuid, "js1agec5u2kmdcqxwymhg4m5jvxmtlo7upbmeigroe4nwh3u"}};
    for (const Vector& vector : vectors) {
        CHECK(seal_short_token(key(), vector.claims) == vector.text);
        CHECK(same(open_token(vector.text, with_key, now).claims, vector.claims));
    }
}

TEST_CASE("token: a header line with an address of 60 bytes stays under 200 characters") {
    const std::string address = std::string(40, 'a') + "@mail.outlook.example"; // and one for luck
    REQUIRE(address.size() >= 60);
    const std::string text = seal_token(key(), claims_for(address));
    CHECK(("CFBL-Feedback-ID: " + text).size() < 200);
    CHECK(("X-Jmrp-Token: " + text).size() < 200);
}

TEST_CASE("token: two seals of one claim differ, and addresses of about one length give one length") {
    CHECK(seal_token(key(), claims_for("a@users.example")) != seal_token(key(), claims_for("a@users.example")));
    CHECK(seal_token(key(), claims_for("alice@users.example")).size() ==
          seal_token(key(), claims_for("alice.bo@users.example")).size());
    const std::string text = seal_token(key(), claims_for("alice@users.example"));
    CHECK(text.find("alice") == std::string::npos);
    CHECK(util::from_base64url(text.substr(3))->find("alice") == std::string::npos);
}

TEST_CASE("token: a short one fits into a local part with its prefix, or says what to do") {
    for (std::size_t length = 1; length <= 64; ++length) {
        const auto claims = claims_for(std::string(length, 'q') + "@outlook.com");
        if (length > 32) {
            CHECK_THROWS_WITH(seal_short_token(key(), claims), Catch::Matchers::Contains("--id"));
            continue;
        }
        const std::string text = seal_short_token(key(), claims);
        CHECK(("b+" + text).size() <= 64);
        CHECK(same(open_token(text, with_key, now).claims, claims));
    }
    domain::TokenClaims claims;
    claims.sealed_at = now;
    CHECK_THROWS_AS(seal_short_token(key(), claims), util::Fault);
    CHECK_THROWS_AS(seal_token(key(), claims), util::Fault);
    claims.id = std::string(24, '~') + "A";
    CHECK_THROWS_AS(seal_short_token(key(), claims), util::Fault);
    claims.id.pop_back();
    CHECK(open_token(seal_short_token(key(), claims), with_key, now).claims.id == claims.id);
    claims.id = std::string(256, 'x');
    CHECK_THROWS_AS(seal_token(key(), claims), util::Fault);
    claims.id = claims.list = claims.campaign = std::string(255, 'x');
    CHECK_THROWS_WITH(seal_token(key(), claims), Catch::Matchers::Contains("header line"));
}

TEST_CASE("token: it opens after folding, escapes and encoded words") {
    Random random(20261122);
    for (int round = 0; round < 4000; ++round) {
        const domain::TokenClaims claims = random.claims();
        std::string text = seal_token(key(), claims);
        domain::TokenClaims expected = claims;
        if (round % 3 == 0)
            if (const auto brief = short_claims(claims)) {
                expected = *brief;
                text = seal_short_token(key(), *brief);
                if (round % 2 == 0)
                    std::transform(text.begin(), text.end(), text.begin(),
                                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
            }
        std::string changed;
        switch (round % 7) {
        case 0: // folded at random places
            for (const char c : text) {
                if (random.below(12) == 0)
                    changed += random.below(2) ? "\r\n\t" : " ";
                changed += c;
            }
            break;
        case 1: // percent-encoded, all that is no letter and some that are
        case 2: // or quoted-printable
            for (const char c : text) {
                char code[4];
                std::snprintf(code, sizeof code, round % 7 == 1 ? "%%%02x" : "=%02X",
                              static_cast<unsigned>(static_cast<unsigned char>(c)));
                changed += !util::is_alnum(c) || random.below(9) == 0 ? code : std::string(1, c);
            }
            break;
        case 3: // encoded words
            for (std::size_t at = 0; at < text.size(); at += 20) {
                std::string word;
                for (const char c : text.substr(at, 20))
                    word += c == '_' ? "=5F" : std::string(1, c);
                changed += "=?us-ascii?Q?" + word + "?=\r\n ";
            }
            break;
        case 4:
            changed = "=?utf-8?B?" + util::base64(text) + "?=";
            break;
        case 5: // soft line breaks
            for (std::size_t at = 0; at < text.size(); at += 30)
                changed += text.substr(at, 30) + "=\r\n";
            break;
        default: // within something else
            changed = "<https://lists.sender.example/u?t=" + text + "&x=1>, <mailto:u@sender.example>";
        }
        static constexpr const char* around[][2] = {{"", ""},     {" <", ">"},          {"\"", "\","},
                                                    {"x:", ":y"}, {"b+", "@x.example"}, {"(", ");."}};
        const auto& [before, after] = around[random.below(std::size(around))];
        const auto opened = open_token(before + changed + after, with_key, now);
        INFO(round << ": " << before + changed + after);
        REQUIRE(opened.status == TokenStatus::opened);
        REQUIRE(same(opened.claims, expected));
    }
}

TEST_CASE("token: every change of one bit is refused") {
    Random random(7);
    for (int round = 0; round < 12; ++round) {
        const domain::TokenClaims claims = random.claims();
        std::vector<std::pair<std::string, bool>> texts = {{seal_token(key(), claims), true}};
        if (const auto brief = short_claims(claims))
            texts.emplace_back(seal_short_token(key(), *brief), false);
        for (const auto& [text, is_long] : texts) {
            const std::string bytes =
                is_long ? *util::from_base64url(text.substr(3)) : *util::from_base32(text.substr(3));
            for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
                std::string changed = bytes;
                changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
                const std::string sent =
                    text.substr(0, 3) + (is_long ? util::base64url(changed) : util::base32(changed));
                REQUIRE(status(sent) != TokenStatus::opened);
                // Also where the changed number is that of another key of ours.
                std::vector<util::Key> all;
                for (unsigned id = 1; id < 256; ++id)
                    all.push_back(key(id, static_cast<unsigned char>(id)));
                if (bit < 16)
                    REQUIRE(status(sent, rules(all)) != TokenStatus::opened);
            }
        }
    }
}

TEST_CASE("token: every change of one character is refused, and so is one more or one less") {
    domain::TokenClaims claims = claims_for("alice@outlook.example");
    for (const std::string& text : {seal_token(key(), claims), seal_short_token(key(), claims)}) {
        REQUIRE(status(text) == TokenStatus::opened);
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (int c = 0; c < 256; ++c) {
                std::string changed = text;
                changed[at] = static_cast<char>(c);
                const bool equal = text.starts_with("js1") ? util::equal_ignoring_case(changed, text) : changed == text;
                INFO(at << " " << c);
                REQUIRE((status(changed) == TokenStatus::opened) == equal);
            }
            REQUIRE(status(std::string(text).erase(at, 1)) != TokenStatus::opened);
            for (const char c : long_alphabet)
                if (at > 0) // before it there may be a prefix
                    REQUIRE(status(std::string(text).insert(at, 1, c)) != TokenStatus::opened);
        }
    }
}

TEST_CASE("token: a bounce is no complaint, and a long seal is no short one") {
    const auto claims = claims_for("alice@outlook.example");
    for (const std::string& text : {seal_token(key(), claims, domain::TokenPurpose::bounce),
                                    seal_short_token(key(), claims, domain::TokenPurpose::bounce)}) {
        CHECK(status(text) == TokenStatus::wrong);
        CHECK(open_token(text, with_key, now, domain::TokenPurpose::bounce).status == TokenStatus::opened);
    }
}

TEST_CASE("token: another installation's is refused, whatever number its key has") {
    for (const std::string& text : {seal_token(key(1, 99), claims_for("a@users.example")),
                                    seal_short_token(key(1, 99), claims_for("a@users.example"))}) {
        CHECK(status(text) == TokenStatus::wrong);
        CHECK(status(text, rules({key(2, 99)})) == TokenStatus::unknown_key);
        CHECK(status(text, rules({})) == TokenStatus::unknown_key);
        CHECK(status(text, {}) == TokenStatus::unknown_key);
        CHECK(open_token(text, rules({}), now).key_id == 1);
    }
}

TEST_CASE("token: a retired key opens through its days of grace and not after") {
    util::Key retired = key();
    retired.retired = now - 10 * day;
    const auto by = rules({retired, key(2, 50)});
    for (const std::string& text : {seal_token(retired, claims_for("a@users.example")),
                                    seal_short_token(retired, claims_for("a@users.example"))}) {
        CHECK(status(text, by, now) == TokenStatus::opened);
        CHECK(status(text, by, *retired.retired + 30 * day) == TokenStatus::opened);
        CHECK(status(text, by, *retired.retired + 30 * day + 1) == TokenStatus::retired_key);
        CHECK(open_token(text, by, now + 90 * day).claims.recipient); // for people who look
    }
}

TEST_CASE("token: one that is too old is expired, one from the day after tomorrow is wrong") {
    const auto claims = claims_for("a@users.example");
    for (const std::string& text : {seal_token(key(), claims), seal_short_token(key(), claims)}) {
        CHECK(status(text, with_key, now + 400 * day) == TokenStatus::opened);
        CHECK(status(text, with_key, now + 400 * day + 1) == TokenStatus::expired);
        CHECK(status(text, with_key, now - day) == TokenStatus::opened);
        CHECK(status(text, with_key, now - day - 1) == TokenStatus::wrong);
        CHECK_FALSE(open_token(text, with_key, now - 2 * day).claims.recipient);
    }
}

TEST_CASE("token: hostile text opens nothing, and soon") {
    Random random(99);
    std::string bytes(256, ' ');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i);
    for (int round = 0; round < 3000; ++round) {
        const std::string text = random.text(300, round % 2 ? std::string_view(bytes) : long_alphabet);
        REQUIRE(status((round % 3 ? "jt1" : "js1") + text) != TokenStatus::opened);
        REQUIRE(status("=?" + text) != TokenStatus::opened);
    }
    std::string many;
    while (many.size() < 1 << 20)
        many += " jt1" + random.text(80, long_alphabet) + "=?x?B?jt1=?";
    CHECK(attribute::find_tokens(many).size() <= attribute::most_candidates);
    CHECK(status(many) != TokenStatus::opened);
    CHECK(status(std::string(1 << 20, '=')) == TokenStatus::wrong);
}

namespace {

mail::Fields fields(std::initializer_list<std::pair<const char*, std::string>> list) {
    mail::Fields out;
    for (const auto& [name, value] : list)
        out.add(name, value);
    return out;
}

} // namespace

TEST_CASE("read tokens: each place of the returned mail is looked into, the field of ours first") {
    const std::string text = seal_token(key(), claims_for("alice@outlook.example"));
    const std::string brief = seal_short_token(key(), claims_for("alice@outlook.example"));
    const std::pair<const char*, std::string> places[] = {
        {"x-jmrp-token", text},
        {"CFBL-Feedback-ID", text.substr(0, 40) + "  " + text.substr(40)},
        {"Feedback-ID", "campaign:" + text + ":newsletter:sender"},
        {"List-Unsubscribe",
         "<mailto:u@sender.example?subject=" + text + ">, <https://sender.example/u/" + text + "/now>"},
        {"List-Unsubscribe", "<https://sender.example/u?list=1&token=" + text + "&x=y>"},
        {"Message-ID", "<" + text + ".17@sender.example>"},
        {"Message-ID", "<20261122." + text + "@sender.example>"},
        {"Return-Path", "<b+" + brief + "@bounces.sender.example>"},
        {"Return-Path", "B+" + brief + "@BOUNCES.SENDER.EXAMPLE"},
        {"Return-Path", "<SRS0=Ab1c=TT=bounces.sender.example=b+" + brief + "@forwarder.example>"}};
    for (const auto& [name, value] : places) {
        const auto reading = attribute::read_tokens(fields({{"Subject", "hello"}, {name, value}}), "", with_key, now);
        INFO(name << ": " << value);
        REQUIRE(reading.claims);
        CHECK(reading.claims->recipient->text() == "alice@outlook.example");
        CHECK(util::equal_ignoring_case(reading.field, name));
        CHECK(reading.refused.empty());
        CHECK_FALSE(reading.conflict);
        CHECK(reading.key_id == 1);
    }
    const auto said = attribute::read_tokens({}, "b+" + brief + "@sender.example", with_key, now);
    CHECK(said.claims);
    CHECK(said.field == "Original-Mail-From");
    CHECK(said.text == brief);
    const auto first = attribute::read_tokens(
        fields({{"Message-ID", "<" + text + "@sender.example>"}, {"X-Jmrp-Token", text}}), "", with_key, now);
    CHECK(first.field == "X-Jmrp-Token");
    CHECK(attribute::read_tokens(fields({{"Subject", text}}), "", with_key, now).why ==
          "no field of the returned mail holds a token");
    domain::TokenRules renamed = with_key;
    renamed.header = "X-Ours";
    CHECK(attribute::read_tokens(fields({{"X-Ours", text}}), "", renamed, now).claims);
}

TEST_CASE("read tokens: a token that is refused is told and does not hide a good one") {
    const std::string good = seal_token(key(), claims_for("alice@outlook.example"));
    const std::string strange = seal_token(key(1, 99), claims_for("mallory@outlook.example"));
    const std::string unknown = seal_token(key(9), claims_for("mallory@outlook.example"));
    const auto reading = attribute::read_tokens(fields({{"X-Jmrp-Token", strange},
                                                        {"CFBL-Feedback-ID", unknown},
                                                        {"Message-ID", "<" + good + "@sender.example>"}}),
                                                "", with_key, now);
    REQUIRE(reading.claims);
    CHECK(reading.field == "Message-ID");
    REQUIRE(reading.refused.size() == 2);
    CHECK(reading.refused[0] == std::pair<std::string, TokenStatus>("X-Jmrp-Token", TokenStatus::wrong));
    CHECK(reading.refused[1].second == TokenStatus::unknown_key);
    CHECK_FALSE(reading.conflict);
    const auto none = attribute::read_tokens(fields({{"X-Jmrp-Token", strange}}), "", with_key, now);
    CHECK_FALSE(none.claims);
    CHECK(none.why == "X-Jmrp-Token holds a token that is refused: wrong");
}

TEST_CASE("read tokens: two that are about different people are a conflict, one place more is none") {
    const std::string alice = seal_token(key(), claims_for("alice@outlook.example"));
    const std::string bob = seal_token(key(), claims_for("bob@outlook.example"));
    domain::TokenClaims by_id;
    by_id.id = "17";
    by_id.sealed_at = now;
    const auto read = [](const std::string& a, const std::string& b) {
        return attribute::read_tokens(fields({{"X-Jmrp-Token", a}, {"Message-ID", "<" + b + "@x.example>"}}), "",
                                      with_key, now);
    };
    CHECK(read(alice, bob).conflict);
    CHECK(read(alice, bob).claims->recipient->local == "alice");
    CHECK(read(alice, bob).why.find("bob@") != std::string::npos);
    CHECK_FALSE(read(alice, seal_token(key(), claims_for("Alice@outlook.example"))).conflict);
    CHECK_FALSE(read(alice, alice).conflict);
    const auto both = read(seal_token(key(), by_id), alice);
    CHECK_FALSE(both.conflict);
    CHECK(both.claims->id == "17");
    CHECK(both.claims->recipient->local == "alice");
    domain::TokenClaims other = by_id;
    other.id = "18";
    CHECK(read(seal_token(key(), by_id), seal_token(key(), other)).conflict);
}
