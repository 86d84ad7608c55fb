#include <catch2/catch.hpp>

#include "ingest/interpret.hpp"

using namespace jmrp;

namespace {

struct Shape {
    std::string id = "Message-ID: <r1@isp.example>\n";
    std::string rcpt = "Original-Rcpt-To: <user@example.net>\n";
    std::string arrival = "Arrival-Date: Wed, 11 Nov 2026 09:30:00 +0100\n";
    std::string original_id = "Message-ID: <m1@sender.example>\n";
    std::string to = "user@example.net";
    std::string body = "Hello.\n";

    std::string identity() const {
        const auto reading = ingest::interpret(
            "From: complaints@isp.example\n" + id +
                "Date: Thu, 12 Nov 2026 10:00:00 +0000\nContent-Type: multipart/report; report-type=feedback-report; "
                "boundary=b\n\n--b\n"
                "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\n" +
                rcpt + arrival + "\n--b\nContent-Type: message/rfc822\n\nFrom: news@sender.example\nTo: " + to + "\n" +
                original_id + "Subject: s\n\n" + body + "\n--b--\n",
            {});
        return std::get<domain::FeedbackReport>(reading.what).identity;
    }
};

} // namespace

TEST_CASE("classify: reports that differ in any telling field differ in identity") {
    const Shape real;
    Shape other = real;
    other.id = "Message-ID: <r2@isp.example>\n";
    CHECK(other.identity() != real.identity());
    other = real;
    other.rcpt = "Original-Rcpt-To: <other@example.net>\n";
    CHECK(other.identity() != real.identity());
    other = real;
    other.arrival = "Arrival-Date: Wed, 11 Nov 2026 09:30:01 +0100\n";
    CHECK(other.identity() != real.identity());
    other = real;
    other.original_id = "Message-ID: <m2@sender.example>\n";
    CHECK(other.identity() != real.identity());
    other = real;
    other.to = "other@example.net";
    CHECK(other.identity() != real.identity());
}

TEST_CASE("classify: without Message-IDs the returned text tells reports apart") {
    Shape real;
    real.id.clear();
    real.original_id.clear();
    Shape other = real;
    other.body = "Hello, Anna.\n";
    CHECK(other.identity() != real.identity());
    CHECK(Shape(real).identity() == real.identity());
}

TEST_CASE("classify: no value of a mail can pose as another line of the identity") {
    Shape one;
    Shape two;
    one.id = "Message-ID: <r1\n type: abuse>\n";
    two.id = "Message-ID: <r1>\n";
    CHECK(one.identity() != two.identity());
    Shape folded;
    folded.rcpt = "Original-Rcpt-To:\n <user@example.net>\n";
    CHECK(folded.identity() == Shape().identity());
}
