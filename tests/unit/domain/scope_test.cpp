#include "domain/scope.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::domain;

TEST_CASE("scope: what is written is read again, in one spelling") {
    const std::pair<const char*, const char*> spellings[] = {
        {"global", "global"},
        {"", "global"},
        {"domain:Example.ORG", "domain:example.org"},
        {"domain:m\u00fcnchen.example", "domain:xn--mnchen-3ya.example"},
        {"list:Weekly.Sender.example", "list:weekly.sender.example"},
        {"stream:Receipts", "stream:Receipts"},
    };
    for (const auto& [text, canonical] : spellings) {
        INFO(text);
        const auto scope = parse_scope(text);
        REQUIRE(scope);
        CHECK(scope->text() == canonical);
        CHECK(parse_scope(scope->text()) == scope);
        CHECK(parse_scope(scope->key()) == scope);
    }
}

TEST_CASE("scope: what is none is refused") {
    for (const char* text : {"everything", "global:x", "list:", "list", "domain:no domain", "domain:-", "list:a b",
                             "list:a\nb", "Global", "stream:\x7f"})
        CHECK_FALSE(parse_scope(text));
    CHECK_FALSE(parse_scope("list:" + std::string(256, 'x')));
}

TEST_CASE("scope: a global suppression covers all mail, another its own alone") {
    const Scope list = *parse_scope("list:news");
    CHECK(covers(Scope{}, list));
    CHECK(covers(list, list));
    CHECK_FALSE(covers(list, Scope{}));
    CHECK_FALSE(covers(list, *parse_scope("stream:news")));
}
