#include "imap/folder_name.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::imap;

TEST_CASE("imap: names of folders go both ways as RFC 3501 writes them") {
    for (const auto& [utf8, wire] : std::vector<std::pair<std::string, std::string>>{
             {"INBOX", "INBOX"},
             {"", ""},
             {"a&b", "a&-b"},
             {"&", "&-"},
             {"Entwürfe", "Entw&APw-rfe"},
             {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, // the RFC's own example
             {"Ärger & Größe", "&AMQ-rger &- Gr&APYA3w-e"},
             {"\xF0\x9F\x93\xAC", "&2D3c7A-"}, // beyond the first plane
             {"tab\tand\x7F", "tab&AAk-and&AH8-"},
             {std::string("nul\0", 4), "nul&AAA-"},
             {"\r\nA1 LOGOUT", "&AA0ACg-A1 LOGOUT"}}) {
        INFO(wire);
        CHECK(to_modified_utf7(utf8) == wire);
        CHECK(from_modified_utf7(wire) == utf8);
    }
}

TEST_CASE("imap: what is no UTF-8 has no name on the wire") {
    for (const char* name : {"\xff", "a\xC3", "\xED\xA0\x80", "\xC0\xAF"})
        CHECK_FALSE(to_modified_utf7(name));
}

TEST_CASE("imap: a name on the wire that is not well formed is shown as it is") {
    for (const char* name : {"&", "a&b", "&AP", "&A-", "&2D0-", "&3Kw-", "&!!-", "&2D0AQQ-"})
        CHECK(from_modified_utf7(name) == name);
    CHECK(from_modified_utf7("\xff") == "\xff");
}

TEST_CASE("imap: INBOX is itself in any case, a folder below it is not") {
    CHECK(is_inbox("InBox"));
    CHECK_FALSE(is_inbox("INBOX.jmrp"));
}
