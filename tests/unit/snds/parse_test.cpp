#include "snds/parse.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using namespace jmrp::snds;

namespace {

constexpr util::Seconds hour = 3600;
util::Seconds at(std::string_view day, int hours, int minutes = 0) {
    return util::Seconds{*util::parse_iso_day(day)} * 24 * hour + hours * hour + minutes * 60;
}

const std::string row_of_2019 = "192.0.2.10,12/31/2019 10:00 AM,12/31/2019 7:00 PM,14129,14129,13025,GREEN,< "
                                "0.1%,12/31/2019 10:07 AM,12/31/2019 12:03 PM,41,,,";
const std::string row_of_2026 =
    "192.0.2.10,9/11/2026 8:00 AM,9/12/2026 8:00 AM,422,409,422,GREEN,< 0.1%,,,,,@example.com,";

Answer<domain::SndsDay> days_in(const std::string& text) {
    return parse_data(text, {});
}

} // namespace

TEST_CASE("snds: the row of a day, as it was sent in 2019 and in 2026") {
    const auto answer = days_in(row_of_2019 + "\r\n" + row_of_2026);
    CHECK(answer.shape == Shape::rows);
    CHECK(answer.refused.empty());
    CHECK_FALSE(answer.drifted);
    REQUIRE(answer.rows.size() == 2);

    const domain::SndsDay& old = answer.rows[0];
    CHECK(old.ip.text() == "192.0.2.10");
    CHECK(old.period_start == at("2019-12-31", 10));
    CHECK(old.period_end == at("2019-12-31", 19));
    CHECK(old.rcpt_commands == 14129);
    CHECK(old.message_recipients == 13025);
    CHECK(old.filter_result == domain::FilterResult::green);
    CHECK(old.complaint_rate == domain::RateBounds{0, 0.1});
    CHECK(old.trap_hits == 41);

    const domain::SndsDay& now = answer.rows[1];
    CHECK(now.data_commands == 409);
    CHECK_FALSE(now.trap_hits);
    CHECK(now.sample_mail_from == "@example.com");
    CHECK(util::iso_day(now.day) == "2026-09-11");
}

TEST_CASE("snds: without a day that was asked for, a row belongs to the day on which its period began at UTC-8") {
    const auto day_of = [](const std::string& start, const std::string& end, const DataRules& rules) {
        const auto answer = parse_data("192.0.2.10," + start + "," + end + ",1,1,1,RED,1.0%,,,,,,", rules);
        REQUIRE(answer.rows.size() == 1);
        return util::iso_day(answer.rows.front().day);
    };
    CHECK(day_of("9/11/2026 8:00 AM", "9/12/2026 8:00 AM", {}) == "2026-09-11");
    CHECK(day_of("9/11/2026 7:59 AM", "9/11/2026 9:00 AM", {}) == "2026-09-10");
    CHECK(day_of("9/11/2026 7:59 AM", "9/11/2026 9:00 AM", {0, util::parse_iso_day("2026-09-12")}) == "2026-09-12");
    CHECK(day_of("9/11/2026 12:00 AM", "9/12/2026 12:00 AM", {-8 * hour, {}}) == "2026-09-11"); // saved in Pacific time
}

TEST_CASE("snds: dates are month, day, year and a clock of twelve hours") {
    CHECK(parse_us_time("9/1/2026 8:05 AM", 0) == at("2026-09-01", 8, 5));
    CHECK(parse_us_time("12/31/2019 12:03 PM", 0) == at("2019-12-31", 12, 3));
    CHECK(parse_us_time("12/31/2019 12:00 AM", 0) == at("2019-12-31", 0));
    CHECK(parse_us_time("1/2/2026 3:04:05 pm", 0) == at("2026-01-02", 15, 4) + 5);
    CHECK(parse_us_time("9/11/2026 12:00 AM", -8 * hour) == at("2026-09-11", 8));
    for (const char* wrong :
         {"2/31/2026 8:00 AM", "13/1/2026 8:00 AM", "9/11/2026 13:00 PM", "9/11/2026 0:00 AM", "9/11/2026 8:60 AM",
          "9/11/2026 8:00", "2026-09-11 8:00 AM", "9/11/2026 8 AM", "", "9/-1/2026 8:00 AM", "9/11/26 8:00 AM"})
        CHECK_FALSE(parse_us_time(wrong, 0));
}

TEST_CASE("snds: a rate below the lowest band is a bound, and no number") {
    CHECK(parse_rate("< 0.1%") == domain::RateBounds{0, 0.1});
    CHECK(parse_rate("<0.1%") == domain::RateBounds{0, 0.1});
    CHECK(parse_rate("0.3%") == domain::RateBounds{0.3, 0.3});
    CHECK(parse_rate("0,3%") == domain::RateBounds{0.3, 0.3});
    CHECK(parse_rate("240.5%") == domain::RateBounds{240.5, 240.5});
    CHECK(parse_rate("12.5%") == domain::RateBounds{12.5, 12.5});
    CHECK(parse_rate("0.1% - < 1%") == domain::RateBounds{0.1, 1});
    CHECK(parse_rate("1% - < 2%") == domain::RateBounds{1, 2});
    for (const char* no_rate : {"", "0.3", "<= 0.1%", "-1%", "nan%", "1e3%", "%", "1% - ", "2% - < 1%"})
        CHECK_FALSE(parse_rate(no_rate));
}

TEST_CASE("snds: a day whose rate cannot be read keeps its other numbers") {
    const auto answer = days_in("192.0.2.10,9/11/2026 8:00 AM,9/12/2026 8:00 AM,422,409,422,GREEN,<= 0.1%,,,,,,");
    REQUIRE(answer.rows.size() == 1);
    CHECK(answer.rows[0].message_recipients == 422);
    CHECK_FALSE(answer.rows[0].complaint_rate);
}

TEST_CASE("snds: a row that cannot be is refused with its line and reason, the rest is used") {
    const std::vector<std::string> wrong = {
        "192.0.2.300,9/11/2026 8:00 AM,9/12/2026 8:00 AM,1,1,1,GREEN,< 0.1%,,,,,,",
        "2001:db8::1,9/11/2026 8:00 AM,9/12/2026 8:00 AM,1,1,1,GREEN,< 0.1%,,,,,,",
        "192.0.2.10,2/31/2026 8:00 AM,9/12/2026 8:00 AM,1,1,1,GREEN,< 0.1%,,,,,,",
        "192.0.2.10,9/13/2026 8:00 AM,9/12/2026 8:00 AM,1,1,1,GREEN,< 0.1%,,,,,,",
        "192.0.2.10,9/11/2026 8:00 AM,9/12/2026 8:00 AM,-1,1,1,GREEN,< 0.1%,,,,,,",
        "192.0.2.10,9/11/2026 8:00 AM,9/12/2026 8:00 AM,1,1,1,BLUE,< 0.1%,,,,,,",
        "192.0.2.10,9/11/2026 8:00 AM,9/12/2026 8:00 AM,1,1,1",
        "192.0.2.10,9/11/2026 8:00 AM,9/12/2026 8:00 AM,1,1,\"1",
    };
    std::string text = row_of_2019 + "\n";
    for (const std::string& row : wrong)
        text += row + "\n";
    text += row_of_2026 + "\n";
    const auto answer = days_in(text);
    CHECK(answer.shape == Shape::rows);
    CHECK(answer.rows.size() == 2);
    REQUIRE(answer.refused.size() == wrong.size());
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        CHECK(answer.refused[i].line == i + 2);
        CHECK(answer.refused[i].raw == wrong[i]);
        CHECK_FALSE(answer.refused[i].reason.empty());
    }
}

TEST_CASE("snds: with a column more or less the sure ones are read, and the change is told") {
    const auto more = days_in(row_of_2026 + ",new");
    REQUIRE(more.rows.size() == 1);
    CHECK(more.drifted);
    CHECK(more.rows[0].message_recipients == 422);
    CHECK(more.rows[0].sample_mail_from.empty()); // which column that is now is not known
    const auto fewer =
        days_in("192.0.2.10,9/11/2026 8:00 AM,9/12/2026 8:00 AM,422,409,422,YELLOW,0.4%,,,,,@example.com");
    REQUIRE(fewer.rows.size() == 1);
    CHECK(fewer.drifted);
    CHECK(fewer.rows[0].complaint_rate == domain::RateBounds{0.4, 0.4});
}

TEST_CASE("snds: a column in front moves all others, so no row of it is used") {
    const auto answer = days_in("2026-09-11," + row_of_2026);
    CHECK(answer.rows.empty());
    CHECK(answer.shape == Shape::unknown);
    CHECK(answer.drifted);
}

TEST_CASE(
    "snds: quotes, commas in a comment, a byte order mark and a last line without an end are read as CSV has them") {
    const std::string commented =
        row_of_2026.substr(0, row_of_2026.size()) + "\"JMR Block, \"\"old\"\"\r\nsecond line\"";
    const auto answer = days_in("\xEF\xBB\xBF" + commented + "\r\n" + row_of_2019);
    CHECK(answer.refused.empty());
    REQUIRE(answer.rows.size() == 2);
    CHECK(answer.rows[0].comments == "JMR Block, \"old\"\r\nsecond line");
    CHECK(answer.rows[1].trap_hits == 41);
}

TEST_CASE("snds: of more rows than an answer has the first are read and the rest is told") {
    std::string text;
    for (std::size_t i = 0; i < most_rows + 2; ++i)
        text += row_of_2026 + "\n";
    const auto answer = days_in(text);
    CHECK(answer.rows.size() == most_rows);
    REQUIRE(answer.refused.size() == 1);
    CHECK(answer.refused[0].line == most_rows + 1);
}

TEST_CASE("snds: with a header line the columns are known by name") {
    const auto answer = days_in(
        "Ip Address,Activity period,RCPT commands,DATA commands,Message recipients,Filter result,Complaint rate,"
        "Trap message period,Trap hits,JMR P1 Sender,Comments\n"
        "192.0.2.10,9/11/2026 8:00 AM - 9/12/2026 8:00 AM,422,409,400,RED,0.3%,,7,news@example.com,\"JMR Block, "
        "old\"\n");
    REQUIRE(answer.rows.size() == 1);
    CHECK(answer.rows[0].period_end == at("2026-09-12", 8));
    CHECK(answer.rows[0].message_recipients == 400);
    CHECK(answer.rows[0].trap_hits == 7);
    CHECK(answer.rows[0].sample_mail_from == "news@example.com");
    CHECK(answer.rows[0].comments == "JMR Block, old");
}

TEST_CASE("snds: JSON with the same names is read") {
    const auto days = days_in(R"({"items":[{"ipAddress":"192.0.2.10","activityPeriodStart":"9/11/2026 8:00 AM",
        "activityPeriodEnd":"9/12/2026 8:00 AM","rcptCommands":422,"dataCommands":"409","messageRecipients":422,
        "filterResult":"Green","complaintRate":"< 0.1%","trapHits":null}, 7]})");
    REQUIRE(days.rows.size() == 1);
    CHECK(days.rows[0].rcpt_commands == 422);
    CHECK_FALSE(days.rows[0].trap_hits);
    CHECK(days.refused.size() == 1);
    const auto ranges = parse_status(
        R"([{"beginningIpAddress":"192.0.2.0","endingIpAddress":"192.0.2.1","blocked":true,"reason":"x"}])");
    REQUIRE(ranges.rows.size() == 1);
    CHECK(ranges.rows[0].blocked);
    CHECK(ranges.rows[0].details == "x");
}

TEST_CASE("snds: nothing, a page to sign in and nonsense are told apart") {
    CHECK(days_in("").shape == Shape::empty);
    CHECK(days_in("\r\n").shape == Shape::empty);
    CHECK(days_in("[]").shape == Shape::empty);
    CHECK(days_in("\xEF\xBB\xBF <!DOCTYPE html><title>Sign in to your Microsoft account</title>").shape ==
          Shape::web_page);
    CHECK(days_in("{\"error\":").shape == Shape::unknown);
    CHECK(days_in("{\"error\":\"expired\"}").shape == Shape::unknown);
    CHECK(days_in("This address is retired.").shape == Shape::unknown);
    CHECK(days_in(std::string(most_bytes + 1, 'x')).shape == Shape::unknown);
    CHECK(days_in(std::string(100'000, '[')).shape == Shape::unknown);
}

TEST_CASE("snds: the standing of ranges, as the old and the new service write it") {
    const auto answer =
        parse_status("192.0.2.255,192.0.3.0,Yes,Blocked due to user complaints or other evidence of spamming\r\n"
                     "198.51.100.26,198.51.100.27,No,Junked due to user complaints or other evidence of spamming\r\n"
                     "203.0.113.0,203.0.113.255,True,\r\n"
                     "203.0.113.9,203.0.113.1,True,\r\n"
                     "203.0.113.9,203.0.113.9,perhaps,\r\n");
    REQUIRE(answer.rows.size() == 3);
    CHECK(answer.rows[0].blocked);
    CHECK(answer.rows[0].last.text() == "192.0.3.0");
    CHECK_FALSE(answer.rows[1].blocked);
    CHECK(answer.rows[2].blocked);
    CHECK(answer.refused.size() == 2);
    const auto older =
        parse_status("192.0.2.1,192.0.2.1,yes,SpamHaus SBL/XBL\n192.0.2.2,,NO,\"E-mail address, harvesting\"");
    REQUIRE(older.rows.size() == 2);
    CHECK(older.rows[0].details == "SpamHaus SBL/XBL");
    CHECK(older.rows[1].last.text() == "192.0.2.2");
    CHECK_FALSE(older.rows[1].blocked);
    CHECK(older.rows[1].details == "E-mail address, harvesting");
}
