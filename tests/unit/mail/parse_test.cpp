#include <catch2/catch.hpp>

#include "mail/message.hpp"

using namespace jmrp;

namespace {

struct Parsed {
    mail::Part part;
    std::vector<domain::Defect> defects;

    bool has(std::string_view code) const {
        for (const domain::Defect& defect : defects)
            if (defect.code == code)
                return true;
        return false;
    }
};

Parsed parse(std::string_view bytes, const domain::Limits& limits = {}) {
    Parsed parsed;
    parsed.part = mail::parse(bytes, limits, parsed.defects);
    return parsed;
}

std::size_t depth(const mail::Part& part) {
    std::size_t deepest = 0;
    for (const mail::Part& child : part.parts)
        deepest = std::max(deepest, depth(child) + 1);
    return deepest;
}

std::size_t count(const mail::Part& part) {
    std::size_t all = 1;
    for (const mail::Part& child : part.parts)
        all += count(child);
    return all;
}

std::string nested(int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i)
        text += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) + "\n";
    return text + "\nend\n";
}

} // namespace

TEST_CASE("mail: a folded value is unfolded, its blanks kept, and trimmed") {
    const auto parsed = parse("Subject:\n one\r\n\ttwo  \nTo : a@example.com\n\nbody\n");
    CHECK(*parsed.part.fields.first("subject") == "one\ttwo");
    CHECK(*parsed.part.fields.first("TO") == "a@example.com");
    CHECK(parsed.part.body == "body\n");
    CHECK(parsed.defects.empty());
}

TEST_CASE("mail: parts are cut at their own boundary, not at one that only begins like it") {
    const auto parsed = parse("Content-Type: multipart/mixed; boundary=\"b\"\n\npreamble\n--b\n\none\n--bb\nstill "
                              "one\n--b \n\ntwo\n--b--\nepilogue\n");
    REQUIRE(parsed.part.parts.size() == 2);
    CHECK(parsed.part.parts[0].body == "one\n--bb\nstill one");
    CHECK(parsed.part.parts[1].body == "two");
    CHECK(parsed.defects.empty());
}

TEST_CASE("mail: transfer encodings are undone, of embedded messages too") {
    const auto parsed = parse(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: QUOTED-PRINTABLE\n\na=3Db=\nc\n"
        "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: "
        "base64\n\nU3ViamVjdDogaW5uZXIKCnRleHQK\n--b--\n");
    REQUIRE(parsed.part.parts.size() == 2);
    CHECK(parsed.part.parts[0].body == "a=bc");
    REQUIRE(parsed.part.parts[1].is_embedded_message());
    CHECK(*parsed.part.parts[1].parts[0].fields.first("Subject") == "inner");
    CHECK(parsed.part.parts[1].parts[0].body == "text\n");
    CHECK(parsed.has("encoded-embedded-message"));
}

TEST_CASE("mail: a boundary that never comes leaves the text readable") {
    const auto parsed = parse("Content-Type: multipart/mixed; boundary=b\n\nno such line\n");
    REQUIRE(parsed.part.parts.size() == 1);
    CHECK(parsed.part.parts[0].body == "no such line\n");
    CHECK(parsed.has("boundary-never-comes"));
}

TEST_CASE("mail: a boundary straight after the header, without the blank line, is a boundary") {
    const auto parsed =
        parse("Subject: x\nContent-Type: multipart/mixed; boundary=b\n--b\nContent-Type: text/html\n\nhi\n--b--\n");
    REQUIRE(parsed.part.parts.size() == 1);
    CHECK(parsed.part.parts[0].type == "text/html");
    CHECK(parsed.has("no-blank-line-after-header"));
}

TEST_CASE("mail: nesting stops at the limit") {
    domain::Limits limits;
    limits.depth = 4;
    const auto parsed = parse(nested(50), limits);
    CHECK(depth(parsed.part) == 4);
    CHECK(parsed.has("too-deep"));
    CHECK_FALSE(parse(nested(3), limits).has("too-deep"));
}

TEST_CASE("mail: the number of parts stops at the limit") {
    domain::Limits limits;
    limits.parts = 10;
    std::string text = "Content-Type: multipart/mixed; boundary=b\n\n";
    for (int i = 0; i < 100; ++i)
        text += "--b\n\npart\n";
    const auto parsed = parse(text + "--b--\n", limits);
    CHECK(count(parsed.part) == 10);
    CHECK(parsed.has("too-many-parts"));
}

TEST_CASE("mail: the number of fields stops at the limit and the body is still found") {
    domain::Limits limits;
    limits.headers = 5;
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += "X-" + std::to_string(i) + ": 1\n";
    const auto parsed = parse(text + "\nbody\n", limits);
    CHECK(parsed.part.fields.size() == 5);
    CHECK(parsed.part.body == "body\n");
    CHECK(parsed.has("too-many-fields"));
}

TEST_CASE("mail: the bytes of a header block stop at the limit") {
    domain::Limits limits;
    limits.header_bytes = 1000;
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "X-Field: 1\n";
    const auto parsed = parse(text + "\nbody\n", limits);
    CHECK(parsed.part.fields.size() <= 101);
    CHECK(parsed.part.body == "body\n");
    CHECK(parsed.has("header-too-long"));
}

TEST_CASE("mail: a field's value stops at the limit, folded or not") {
    domain::Limits limits;
    limits.field_bytes = 100;
    const std::string longer(500, 'x');
    const auto parsed = parse("A: " + longer + "\nB: y\n " + longer + "\n " + longer + "\nC: z\n\n", limits);
    CHECK(parsed.part.fields.first("A")->size() == 100);
    CHECK(parsed.part.fields.first("B")->size() <= 100);
    CHECK(*parsed.part.fields.first("C") == "z");
    CHECK(parsed.has("field-too-long"));
}

TEST_CASE("mail: a million broken lines are one defect") {
    std::string text = "Subject: x\n";
    for (int i = 0; i < 100000; ++i)
        text += "broken\n";
    CHECK(parse(text).defects.size() == 1);
}

TEST_CASE("mail: fields are read in any order, the rest is what follows the blank line") {
    std::vector<domain::Defect> defects;
    std::string_view rest;
    const auto fields = mail::parse_fields("\n\nVersion: 1\nX: a\nX: b\n\nrest", {}, defects, &rest);
    CHECK(fields.size() == 3);
    CHECK(fields.count("x") == 2);
    CHECK(rest == "rest");
    CHECK(defects.empty());
}
