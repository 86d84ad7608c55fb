#include <catch2/catch.hpp>

#include "mail/message.hpp"

using namespace jmrp;

TEST_CASE("mail: dates as mails write them") {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"Thu, 8 Mar 2005 14:00:00 EDT", "2005-03-08T18:00:00Z"},          // wrong weekday
        {"Thu, 29 Apr 2013 23:45:50 PST", "2013-04-30T07:45:50Z"},         // zone by name
        {"Thu, 29 Apr 2009 00:00:00 -0000 (EST)", "2009-04-29T00:00:00Z"}, // the comment lies
        {"Wed, 14 Apr 2010 12:15:31 -0700 (PDT)", "2010-04-14T19:15:31Z"}, // the comment repeats
        {"06 Nov 2026 08:01:41.9945 (UTC)", "2026-11-06T08:01:41Z"},       // Exchange: fraction, zone in the comment
        {"Thu, 9 Apr 2006 23:34:45 JST", "2006-04-09T14:34:45Z"},          // not in RFC 5322
        {"29 Apr 05 01:02 UT", "2005-04-29T01:02:00Z"},                    // two-digit year, no seconds
        {"29 Apr 99 01:02:03 GMT", "1999-04-29T01:02:03Z"},                // two-digit year of the last century
        {"Tue Apr 30 02:09:16 2019", "2019-04-30T02:09:16Z"},              // asctime
        {"Tue, 30 Apr 2019\t02:09:16\n +0530", "2019-04-29T20:39:16Z"},    // folded
        {"2019-04-30T02:09:16+02:00", "2019-04-30T00:09:16Z"},             // ISO 8601
        {"30-Apr-2019 02:09:16 +0000", "2019-04-30T02:09:16Z"},            // dashes
        {"Mon, 29 Feb 2016 23:59:60 +0000", "2016-03-01T00:00:00Z"},       // leap second
        {"Fri, 1 Jan 2021 00:00:00 XYZ", "2021-01-01T00:00:00Z"},          // unknown zone counts as UTC
    };
    for (const auto& [text, expected] : table) {
        INFO(text);
        const auto date = mail::parse_date(text);
        REQUIRE(date);
        CHECK(util::iso8601(*date) == expected);
    }
}

TEST_CASE("mail: what is no date is none") {
    for (const std::string_view text :
         {"", "yesterday", "Thu, 29 Apr 2009", "30 Feb 2020 10:00:00 +0000", "0 Jan 2020 10:00:00 +0000",
          "1 Jan 2020 25:00:00 +0000", "1 Jan 2020 10:61:00 +0000", "1 Foo 2020 10:00:00 +0000",
          "1 Jan 99999 10:00:00 +0000", "1 Jan 2020 10:00:00 +9999", "T", "1-2-3-4 10:00", "((((", "2020-01-01T"}) {
        INFO(text);
        CHECK_FALSE(mail::parse_date(text));
    }
}
