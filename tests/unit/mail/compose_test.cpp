#include "mail/compose.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "mail/message.hpp"
#include "mail/words.hpp"

using namespace jmrp;
using Catch::Contains;

namespace {

mail::Outgoing outgoing() {
    mail::Outgoing out;
    out.from_name = "Ann Example";
    out.from = *domain::parse_address("postmaster@sender.example");
    out.to = *domain::parse_address("delist@microsoft.com");
    out.subject = "Please remove 192.0.2.10";
    out.date = 1'795'334'400;
    out.text = "Hello.\n\nGood bye.\n";
    return out;
}

mail::Part read(const std::string& bytes) {
    std::vector<domain::Defect> defects;
    mail::Part part = mail::parse(bytes, {}, defects);
    CHECK(defects.empty());
    return part;
}

constexpr std::string_view notice = "From: MAILER-DAEMON@sender.example\n"
                                    "Subject: Undelivered\n"
                                    "Content-Type: multipart/report; boundary=b\n"
                                    "\n"
                                    "--b\n\nFrom here on it failed.\n--b--\n";

} // namespace

TEST_CASE("compose: a mail without attachment is text") {
    const mail::Part part = read(mail::compose(outgoing()));
    CHECK(*part.fields.first("From") == "Ann Example <postmaster@sender.example>");
    CHECK(*part.fields.first("To") == "delist@microsoft.com");
    CHECK(*part.fields.first("Subject") == "Please remove 192.0.2.10");
    CHECK(mail::parse_date(*part.fields.first("Date")) == 1'795'334'400);
    CHECK_THAT(*part.fields.first("Message-Id"), Catch::EndsWith("@sender.example>"));
    CHECK(part.fields.count("MIME-Version") == 1);
    CHECK(part.type == "text/plain");
    CHECK(part.parameter("charset") == "utf-8");
    CHECK(part.body == outgoing().text);
}

TEST_CASE("compose: the same mail gives the same bytes, another one another Message-ID") {
    mail::Outgoing other = outgoing();
    other.attached = notice;
    CHECK(mail::compose(outgoing()) == mail::compose(outgoing()));
    CHECK(mail::compose(other) == mail::compose(other));
    CHECK(*read(mail::compose(outgoing())).fields.first("Message-Id") !=
          *read(mail::compose(other)).fields.first("Message-Id"));
}

TEST_CASE("compose: what is attached keeps its bytes") {
    for (const std::string& bytes : {std::string(notice), std::string(notice) + "no line end",
                                     std::string("Subject: caf\xC3\xA9 \xE9\n\nb\xFF"
                                                 "dy\n"),
                                     "Subject: dots\n\n.\n..\nFrom \n" + std::string(998, 'x') + "\n"}) {
        mail::Outgoing out = outgoing();
        out.attached = bytes;
        const std::string composed = mail::compose(out);
        const mail::Part part = read(composed);
        REQUIRE(part.type == "multipart/mixed");
        REQUIRE(part.parts.size() == 2);
        CHECK(part.parts[0].body == out.text);
        CHECK(part.parts[1].type == "message/rfc822");
        CHECK(part.parts[1].disposition == "attachment");
        CHECK(part.parts[1].is_embedded_message());
        CHECK_THAT(composed, Contains("\n\n" + bytes + "\n--"));
        const bool ascii = std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        CHECK(*part.parts[1].fields.first("Content-Transfer-Encoding") == (ascii ? "7bit" : "8bit"));
    }
}

TEST_CASE("compose: what is attached gets the line ends of the mail") {
    mail::Outgoing out = outgoing();
    out.attached = "Subject: one\r\n\r\ntwo\r\n";
    CHECK_THAT(mail::compose(out), Contains("\n\nSubject: one\n\ntwo\n\n--"));
}

TEST_CASE("compose: what no mail can carry goes as a file of bytes") {
    for (const std::string& bytes : {"Subject: long\n\n" + std::string(999, 'x') + "\n",
                                     std::string("Subject: a\n\nb\rc\n"), std::string("Subject: a\n\nb\0c\n", 16)}) {
        mail::Outgoing out = outgoing();
        out.attached = bytes;
        const mail::Part part = read(mail::compose(out));
        REQUIRE(part.parts.size() == 2);
        CHECK(part.parts[1].type == "application/octet-stream");
        CHECK(part.parts[1].body == bytes);
    }
}

TEST_CASE("compose: no text adds a field or a part") {
    mail::Outgoing out = outgoing();
    const std::string boundary(read([&] {
                                   out.attached = notice;
                                   return mail::compose(out);
                               }())
                                   .parameter("boundary"));
    out.from_name = "Ann\r\nBcc: everybody@victim.example\r\n\r\nbody \" <x@y.example>, ";
    out.subject = "a\nBcc: everybody@victim.example\n\nbody\x01\x7F";
    out.text = "--" + boundary + "\nBcc: x\n\n--" + boundary + "--\n.\nFrom me\n";
    const std::string attached = std::string(notice) + "--" + boundary + "--\n";
    out.attached = attached;
    const mail::Part part = read(mail::compose(out));
    CHECK_FALSE(part.fields.has("Bcc"));
    CHECK(part.fields.count("From") == 1);
    CHECK_THAT(*part.fields.first("From"), Catch::EndsWith("<postmaster@sender.example>"));
    CHECK_THAT(mail::decode_words(*part.fields.first("Subject")), Contains("a Bcc: everybody@victim.example  body"));
    REQUIRE(part.parts.size() == 2);
    CHECK(part.parts[0].body == out.text);
    CHECK(part.parts[1].is_embedded_message());
}

TEST_CASE("compose: other characters than ASCII are encoded") {
    mail::Outgoing out = outgoing();
    out.from_name = "Änne Öß";
    out.subject = "Grüße \xFF";
    out.text = "Grüße, " + std::string(2000, 'x') + "\n";
    const std::string composed = mail::compose(out);
    CHECK(std::ranges::all_of(composed, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    const mail::Part part = read(composed);
    CHECK(mail::decode_words(*part.fields.first("From")) == "Änne Öß <postmaster@sender.example>");
    CHECK(mail::decode_words(*part.fields.first("Subject")) == "Grüße �");
    CHECK(part.body == out.text);
}
