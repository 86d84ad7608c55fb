#include "imap/response.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::imap;
using Kind = Response::Kind;

namespace {

std::vector<Response> read_all(std::string_view bytes, std::size_t chunk, std::size_t limit = 1000,
                               const char** broken = nullptr) {
    ResponseReader reader(limit);
    std::vector<Response> out;
    while (!bytes.empty()) {
        std::string_view part = bytes.substr(0, chunk);
        bytes.remove_prefix(part.size());
        while (auto response = reader.read(part))
            out.push_back(std::move(*response));
        if (reader.broken())
            break;
    }
    if (broken)
        *broken = reader.broken();
    else
        CHECK(reader.broken() == nullptr);
    return out;
}

Response only(std::string_view bytes) {
    auto all = read_all(bytes, 1000);
    REQUIRE(all.size() == 1);
    return std::move(all.front());
}

} // namespace

TEST_CASE("imap: a response is the same wherever its bytes are cut") {
    std::string text = "* OK [UIDVALIDITY 7] fine\r\n* 12 FETCH (UID 5 BODY[]<0> {8}\r\n";
    text += std::string("a\0\r\n\xff)\r\n", 8);
    text += " FLAGS (\\Seen))\r\n+ go on\r\na1 NO [TRYCREATE] no {5}\r\n";
    for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
        auto responses = read_all(text, chunk);
        REQUIRE(responses.size() == 4);
        CHECK(responses[0].kind == Kind::ok);
        CHECK(responses[0].tag.empty());
        CHECK(responses[0].code == "UIDVALIDITY 7");
        CHECK(responses[0].text == "fine");
        CHECK(responses[1].name == "FETCH");
        CHECK(responses[1].number == 12U);
        const auto fetched = fetched_of(responses[1]);
        REQUIRE(fetched);
        CHECK(fetched->uid == 5);
        CHECK(fetched->body == std::string("a\0\r\n\xff)\r\n", 8));
        CHECK(responses[2].kind == Kind::continuation);
        CHECK(responses[3].tag == "a1");
        CHECK(responses[3].kind == Kind::no);
        CHECK(responses[3].text == "no {5}");
    }
}

TEST_CASE("imap: the text for people in a status announces no literal, that of data does") {
    CHECK(read_all("* OK beware of {3}\r\n* BYE {1}\r\n", 1000).size() == 2);
    auto list = only("* LIST () \"/\" {3}\r\na\"b\r\n");
    const auto items = parse_items(list);
    REQUIRE(items);
    REQUIRE(items->size() == 3);
    CHECK((*items)[0].kind == Item::Kind::list);
    CHECK((*items)[2].text == "a\"b");
}

TEST_CASE("imap: of literals the limit is kept, and the rest passes by without room") {
    ResponseReader reader(10);
    const std::string text = "* 1 FETCH (UID 1 BODY[] {30}\r\n" + std::string(30, 'x') + " X {5}\r\nyyyyy)\r\n";
    std::string_view rest = text;
    auto response = reader.read(rest);
    REQUIRE(response);
    REQUIRE(response->literals.size() == 2);
    CHECK(response->literals[0] == std::string(10, 'x'));
    CHECK(response->literals[1].empty());
    CHECK(fetched_of(*response)->body == std::string(10, 'x'));
    const std::string next = "* 1 FETCH (UID 1 BODY[] {4}\r\nzzzz)\r\n"; // the room is for each response
    rest = next;
    response = reader.read(rest);
    REQUIRE(response);
    CHECK(fetched_of(*response)->body == "zzzz");
}

TEST_CASE("imap: an empty literal and an empty quoted string are texts, NIL is none") {
    auto literal = only("* 1 FETCH (UID 1 BODY[] {0}\r\n)\r\n");
    CHECK(fetched_of(literal)->body == "");
    auto string = only("* 1 FETCH (uid 1 body[] \"\")\r\n");
    CHECK(fetched_of(string)->body == "");
    auto nil = only("* 1 FETCH (UID 1 BODY[] NIL RFC822.SIZE 70)\r\n");
    const auto fetched = fetched_of(nil);
    REQUIRE(fetched);
    CHECK_FALSE(fetched->body);
    CHECK(fetched->size == 70U);
}

TEST_CASE("imap: what is nested, quoted or escaped is taken apart") {
    auto response = only("* X a (b (c \"d \\\"\\\\ (e)\") NIL) BODY[HEADER.FIELDS (FROM TO)]<0> ()\r\n");
    const auto items = parse_items(response);
    REQUIRE(items);
    REQUIRE(items->size() == 4);
    CHECK((*items)[1].items[1].items[1].text == "d \"\\ (e)");
    CHECK((*items)[1].items[2].is_nil());
    CHECK((*items)[2].text == "BODY[HEADER.FIELDS (FROM TO)]<0>");
    CHECK((*items)[3].items.empty());
}

TEST_CASE("imap: data that is not well formed is no data") {
    for (const char* text : {"* 1 FETCH (UID 1", "* 1 FETCH (UID 1))", "* 1 FETCH (UID 0)",
                             "* 1 FETCH (UID 99999999999)", "* 1 FETCH (UID)", "* 1 FETCH", "* 1 FETCH UID 1",
                             "* 1 FETCH (UID 1 BODY[] \"open)", "* 1 FETCH (BODY[] {3)", "* 1 FETCH (}"}) {
        INFO(text);
        auto response = only(text + std::string("\r\n"));
        CHECK_FALSE(fetched_of(response));
    }
    auto deep = only("* X " + std::string(100'000, '(') + "\r\n");
    CHECK_FALSE(parse_items(deep));
}

TEST_CASE("imap: numbers of a search are numbers and nothing else") {
    CHECK(numbers_of("")->empty());
    CHECK(numbers_of(" 1  22 4294967295 ") == std::vector<std::uint32_t>{1, 22, 4294967295U});
    for (const char* text : {"0", "1 0", "4294967296", "-1", "1,2", "1:3", "x"})
        CHECK_FALSE(numbers_of(text));
}

TEST_CASE("imap: what is no IMAP breaks the stream, and nothing is read from then on") {
    for (const std::string& text :
         {std::string("HTTP/1.1 400 Bad Request\r\n"), std::string("\r\n"), std::string("junk\n"),
          std::string("\0\0\n", 3), std::string(ResponseReader::longest_text + 1, 'x')}) {
        const char* broken = nullptr;
        CHECK(read_all(text + "* OK\r\n", 4096, 10, &broken).empty());
        CHECK(broken != nullptr);
    }
    std::string endless = "* X ";
    for (std::size_t i = 0; i <= ResponseReader::most_literals; ++i)
        endless += "{0}\r\n";
    const char* broken = nullptr;
    CHECK(read_all(endless, 100, 10, &broken).empty());
    CHECK(broken != nullptr);
}

TEST_CASE("imap: an announced length beyond all numbers is no literal") {
    auto response = only("* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\n");
    CHECK_FALSE(fetched_of(response));
}

TEST_CASE("imap: lines may end in LF alone, and words come in any case") {
    const auto responses = read_all("* ok [Read-Only] hi\n* search 1 2\na2 No\n", 3);
    REQUIRE(responses.size() == 3);
    CHECK(responses[0].code == "Read-Only");
    CHECK(responses[1].name == "SEARCH");
    CHECK(responses[1].text == "1 2");
    CHECK(responses[2].kind == Kind::no);
    CHECK(responses[2].text.empty());
}
