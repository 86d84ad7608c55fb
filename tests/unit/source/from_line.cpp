#include "source/from_line.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::source;

TEST_CASE("source: the From_ lines of the programs in use are known") {
    for (const char* line : {
             "From staff@hotmail.com Sun Nov 22 08:00:00 2026",              // asctime: RFC 4155, Postfix, Exim
             "From staff@hotmail.com  Sun Nov 22 08:00:00 2026",             // Postfix in an alias pipe: two blanks
             "From MAILER-DAEMON Sun Nov  1 8:00:00 2026",                   // the day padded by a blank
             "From - Sun Nov 22 08:00:00 2026",                              // Mozilla
             "From  Sun Nov 22 08:00:00 2026",                               // the empty sender
             "From <> Sun Nov 22 08:00:00 2026",                             //
             "From 1719876543210@xxx Sun Nov 22 08:00:00 +0000 2026",        // Google Takeout
             "From a@example.com Sun Nov 22 08:00:00 CET 2026",              //
             "From a@example.com Sun Nov 22 08:00:00 2026 -0800",            //
             "From a@example.com Sun Nov 22 08:00:00 2026 +0100 (CET)",      //
             "From a@example.com Sun Nov 22 08:00 2026",                     // V7: no seconds
             "From a@example.com Sun, 22 Nov 2026 08:00:00 +0000",           // a header's date
             "From a@example.com Sun Nov 22 08:00:00 2026 remote from mars", // UUCP
             "From \"staff of mars\"@example.com Sun Nov 22 08:00:00 2026",  // a quoted local part
             "From a@example.com 2026-11-22T08:00:00Z",                      //
             "From a@example.com Sunday November 22 08:00:00 2026",          //
             "From a@example.com Sun Nov 22 08:00:00 2026 ",                 //
         }) {
        INFO(line);
        CHECK(is_from_line(line));
    }
}

TEST_CASE("source: a sentence that begins with From is not a From_ line") {
    for (const std::string& line : {
             std::string("From the start we knew it."),
             std::string("From Sunday on"),
             std::string("From what I heard on Sun Nov 22 08:00:00 2026"),
             std::string("From a@example.com on Sun Nov 22 08:00:00 2026"),
             std::string("From a@example.com Sun Nov 22 08:00:00 2026 we had no mail"),
             std::string("From 08:00 to 09:00 in November 2026"),
             std::string("From: a@example.com Sun Nov 22 08:00:00 2026"),
             std::string("From : a@example.com Sun Nov 22 08:00:00 2026"),
             std::string(">From a@example.com Sun Nov 22 08:00:00 2026"),
             std::string("from a@example.com Sun Nov 22 08:00:00 2026"),
             std::string("From"),
             std::string("From "),
             std::string("From a@example.com"),
             std::string("From a@example.com Sun Nov 22 08:00:00 26"),
             "From " + std::string(2000, 'a') + " Sun Nov 22 08:00:00 2026",
         }) {
        INFO(line);
        CHECK_FALSE(is_from_line(line));
    }
}

TEST_CASE("source: the From_ line in front of a container needs no date but an end") {
    CHECK(leading_from_line("From somebody\nSubject: x\n") == 14);
    CHECK(leading_from_line("From somebody\r\nSubject: x\r\n") == 15);
    CHECK(leading_from_line("From : a@example.com\nSubject: x\n") == 0);
    CHECK(leading_from_line("From: a@example.com\nSubject: x\n") == 0);
    CHECK(leading_from_line("From nobody knows where this ends") == 0);
    CHECK(leading_from_line("From " + std::string(longest_from_line, 'a') + "\n") == 0);
    CHECK(leading_from_line("") == 0);
}
