#include "imap/command.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::imap;

TEST_CASE("imap: numbers in a row become a range") {
    const auto set = [](std::vector<std::uint32_t> numbers) { return sequence_set(numbers); };
    CHECK(set({7}) == "7");
    CHECK(set({1, 2, 3}) == "1:3");
    CHECK(set({1, 3, 4, 9, 10, 11}) == "1,3:4,9:11");
    CHECK(set({4294967294U, 4294967295U}) == "4294967294:4294967295");
}

TEST_CASE("imap: quotes and backslashes are quoted") {
    CHECK(quoted_string("a \"b\\") == R"("a \"b\\")");
    CHECK(quoted_string("") == "\"\"");
}

TEST_CASE("imap: only flags go into a command unquoted") {
    for (const char* flag : {"$Jmrp", "Junk", "\\Flagged", "\\seen"})
        CHECK(is_flag(flag));
    for (const char* text : {"", "\\", "\\Important", "a b", "a)", "a\r\nb", "\"", "gr\xC3\xBC\xC3\x9F", "%", "a]"})
        CHECK_FALSE(is_flag(text));
}

TEST_CASE("imap: what lacks a flag is searched by the key that the flag has") {
    CHECK(without_flag("\\Flagged") == "UNFLAGGED");
    CHECK(without_flag("$Jmrp") == "UNKEYWORD $Jmrp");
}
