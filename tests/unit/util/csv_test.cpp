#include "util/csv.hpp"

#include <catch2/catch.hpp>

using jmrp::util::CsvRecord;
using jmrp::util::CsvRecords;

namespace {

std::vector<CsvRecord> all(std::string_view text) {
    std::vector<CsvRecord> out;
    CsvRecords records(text);
    while (auto record = records.next())
        out.push_back(std::move(*record));
    return out;
}

using Fields = std::vector<std::string>;

} // namespace

TEST_CASE("csv: commas, line ends and doubled quotes belong to a quoted field") {
    const auto records = all("a,\"b,\"\"c\"\"\r\nd\",e\r\nf\r\n");
    REQUIRE(records.size() == 2);
    CHECK(records[0].fields == Fields{"a", "b,\"c\"\r\nd", "e"});
    CHECK(records[1].fields == Fields{"f"});
    CHECK(records[0].line == 1);
    CHECK(records[1].line == 3);
}

TEST_CASE("csv: LF or CRLF, a byte order mark, empty lines and a missing last line end change nothing") {
    const std::string_view texts[] = {"1,2\n3,4\n", "1,2\r\n3,4\r\n",
                                      "\xEF\xBB\xBF"
                                      "1,2\n\n\r\n3,4"};
    for (const std::string_view text : texts) {
        const auto records = all(text);
        REQUIRE(records.size() == 2);
        CHECK(records[0].fields == Fields{"1", "2"});
        CHECK(records[1].fields == Fields{"3", "4"});
        CHECK(records[1].raw == "3,4");
    }
    CHECK(all("").empty());
    CHECK(all("\n\r\n").empty());
}

TEST_CASE("csv: an empty field is a field") {
    const auto records = all(",,\n");
    REQUIRE(records.size() == 1);
    CHECK(records[0].fields == Fields{"", "", ""});
}

TEST_CASE("csv: a quote that is never closed costs its own line") {
    const auto records = all("1,2\n3,\"4\n5,6\n7,\"8\"\n");
    REQUIRE(records.size() == 4);
    CHECK_FALSE(records[1].closed);
    CHECK(records[1].line == 2);
    CHECK(records[1].raw == "3,\"4");
    CHECK(records[2].fields == Fields{"5", "6"});
    CHECK(records[3].closed);
    CHECK(records[3].line == 4);
}

TEST_CASE("csv: a single record has no line end outside quotes") {
    CHECK(jmrp::util::csv_fields("a,\"b\nc\"") == Fields{"a", "b\nc"});
    CHECK_FALSE(jmrp::util::csv_fields("a,\"b"));
    CHECK_FALSE(jmrp::util::csv_fields("a\nb"));
}
