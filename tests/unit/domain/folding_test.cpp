#include "domain/folding.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;

TEST_CASE("folding: the spellings of one mailbox fold to one key, by the rules of its domain") {
    const domain::FoldingRules rules;
    const std::pair<const char*, const char*> keys[] = {
        {"a.b+x@gmail.com", "ab@gmail.com"},
        {"ab@gmail.com", "ab@gmail.com"},
        {"a.b+x+y@outlook.com", "a.b@outlook.com"},
        {"a.b+x@example.com", "a.b+x@example.com"},
        {"a.b+x@sub.gmail.com", "a.b+x@sub.gmail.com"},
        {"a.b+x@gmail.com.example", "a.b+x@gmail.com.example"},
    };
    for (const auto& [key, folded] : keys)
        CHECK(domain::fold(rules, key) == folded);
}

TEST_CASE("folding: a key is left alone where nothing would be left of it, and where it is no usual address") {
    const domain::FoldingRules rules;
    for (const char* key : {"+x@gmail.com", "...@gmail.com", ".+x@gmail.com", "\"a.b+x\"@gmail.com",
                            "@listmonk:a+b@gmail.com", "", "@", "gmail.com", "@gmail.com"})
        CHECK(domain::fold(rules, key) == key);
}
