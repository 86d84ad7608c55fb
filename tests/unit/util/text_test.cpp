#include <catch2/catch.hpp>

#include "util/text.hpp"

using namespace jmrp::util;

TEST_CASE("text: nothing of a mail can move a terminal's cursor or turn its direction") {
    const std::string shown = for_terminal("a\x1b[31mred\a\r\n\x7f\xc2\x9b"
                                           "b\xe2\x80\xaegnp.exe\xef\xbb\xbf");
    for (const char c : shown)
        CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(shown.find("\xe2\x80\xae") == std::string::npos);
    CHECK(shown.find("\\x1b[31mred") != std::string::npos);
    CHECK(shown.find("\\u{202e}") != std::string::npos);
}

TEST_CASE("text: for a terminal good letters stay and broken bytes are marked") {
    CHECK(for_terminal("Müller 東京") == "Müller 東京");
    CHECK(for_terminal("M\xfcller") == "M\xef\xbf\xbdller");
    CHECK(for_terminal("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(for_terminal(std::string(300, 'x'), 10) == "xxxxxxxxxx…");
}

TEST_CASE("text: a CSV field cannot end early, and free text is no formula") {
    CHECK(for_csv("plain", true) == "plain");
    CHECK(for_csv("a,\"b\"\nc", true) == "\"a,\"\"b\"\"\nc\"");
    CHECK(for_csv("=1+1", true) == "'=1+1");
    CHECK(for_csv("=weird@example.com", false) == "=weird@example.com");
    CHECK(for_csv("@x,y", true) == "\"'@x,y\"");
}

TEST_CASE("text: numbers are decimal digits and fit") {
    CHECK(parse_unsigned("18446744073709551615") == 18446744073709551615ULL);
    CHECK_FALSE(parse_unsigned("18446744073709551616"));
    CHECK_FALSE(parse_unsigned(""));
    CHECK_FALSE(parse_unsigned("+1"));
    CHECK_FALSE(parse_unsigned("1 "));
    CHECK_FALSE(parse_unsigned("0x10"));
}

TEST_CASE("text: a search that ignores case finds the end and gives up beyond it") {
    CHECK(find_ignoring_case("Source-IP", "ip") == 7);
    CHECK(find_ignoring_case("abc", "C", 2) == 2);
    CHECK(find_ignoring_case("abc", "abcd") == std::string_view::npos);
    CHECK(find_ignoring_case("abc", "a", 4) == std::string_view::npos);
}

TEST_CASE("text: a slip of the keyboard finds its neighbour, nonsense finds nothing") {
    CHECK(nearest("stats", {"status", "rates", "settle"}) == "status");
    CHECK(nearest("busy_timeout", {"busy_timeout_ms", "path"}) == "busy_timeout_ms");
    CHECK_FALSE(nearest("xyzzy", {"status", "rates"}));
}
