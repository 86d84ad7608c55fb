#include <catch2/catch.hpp>

#include "ingest/interpret.hpp"

using namespace jmrp;

namespace {

std::string_view kind(std::string_view mail) {
    return domain::kind_text(ingest::interpret(mail, {}));
}

constexpr const char* receipt = "Thank you for your delisting request. Your ticket number is in the subject line.\n";

std::string support(const std::string& from, const std::string& subject, const std::string& text) {
    return "From: " + from + "\nSubject: " + subject + "\nMessage-ID: <s@x.example>\n\n" + text;
}

} // namespace

TEST_CASE("classify: a bounce that returns a report is not the report") {
    const auto reading = ingest::interpret(
        "From: MAILER-DAEMON@mx.example.net\nContent-Type: multipart/report; report-type=delivery-status; "
        "boundary=o\n\n"
        "--o\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
        "--o\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: X\nVersion: 1\n\n--o--\n",
        {});
    CHECK(domain::kind_text(reading) != "feedback-report");
}

TEST_CASE("classify: two of the three marks make the old attachment form, one does not") {
    const auto mail = [](const std::string& from, const std::string& subject, const std::string& inner) {
        return "From: " + from + "\nSubject: " + subject +
               "\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n" + inner +
               "From: news@sender.example\nMessage-ID: <m@sender.example>\n\n--b--\n";
    };
    const std::string mark = "X-HmXmrOriginalRecipient: user@example.net\n";
    CHECK(kind(mail("staff@hotmail.com", "complaint about message from 192.0.2.1", mark)) == "feedback-report");
    CHECK(kind(mail("<STAFF@hotmail.com>", "FW: x", mark)) == "feedback-report");
    CHECK(kind(mail("gateway@sender.example", "complaint about message from 192.0.2.1", mark)) == "feedback-report");
    CHECK(kind(mail("staff@hotmail.com", "complaint about message from 192.0.2.1", "")) == "feedback-report");
    CHECK(kind(mail("anna@sender.example", "complaint about message from 192.0.2.1", "")) == "unrecognized");
    CHECK(kind(mail("anna@sender.example", "look", mark)) == "unrecognized");
    CHECK(kind(mail("staff@hotmail.com", "hello", "")) == "unrecognized");
}

TEST_CASE("classify: support replies are recognized by sender, ticket and sentence together") {
    const std::string microsoft = "Support <x@css.one.microsoft.com>";
    CHECK(kind(support(microsoft, "SRX1303529797ID - delisting", receipt)) == "support-reply");
    CHECK(kind(support(microsoft, "RE: 2401234567", "We have implemented mitigation for your IP (192.0.2.1).\n")) ==
          "support-reply");
    const auto reading = ingest::interpret(support(microsoft, "RE: 2401234567", receipt), {});
    CHECK(std::get<domain::SupportReply>(reading.what).ticket == "2401234567");
    CHECK(kind(support(microsoft, "Your invoice 2401234567", "Pay now.\n")) == "unrecognized");
    CHECK(kind(support(microsoft, "hello", "Nothing was detected.\n")) == "unrecognized");
    CHECK(kind(support("anna@sender.example", "SRX1303529797ID", receipt)) == "unrecognized");
    CHECK(kind(support("anna@outlook.com", "SRX1303529797ID", receipt)) == "unrecognized");
    CHECK(kind(support("x@evilmicrosoft.com", "SRX1303529797ID", receipt)) == "unrecognized");
    CHECK(kind(support("postmaster@mail.microsoft.com", "SRX1303529797ID", receipt)) != "support-reply");
    CHECK(kind(support(microsoft, "FW: SRX1303529797ID", receipt)) == "unrecognized");
    // New words in an answer to our ticket: a person reads them.
    CHECK(kind(support(microsoft, "RE: SRX1303529797ID", "Please see below.\n\n> " + std::string(receipt))) ==
          "support-reply");
    CHECK(kind(support(microsoft, "Re: 2401234567", "Wir melden uns.\n")) == "support-reply");
    CHECK(kind(support("anna@sender.example", "RE: SRX1303529797ID", "Wir melden uns.\n")) == "unrecognized");
    CHECK(kind(support("x@support.microsoft", "RE: SRX1303529797ID", receipt)) == "support-reply");
    domain::ReadingRules rules;
    rules.support_senders = {"partner.example"};
    CHECK(domain::kind_text(ingest::interpret(support("x@Partner.Example", "SRX1303529797ID", receipt), rules)) ==
          "support-reply");
    CHECK(domain::kind_text(ingest::interpret(support(microsoft, "SRX1303529797ID", receipt), rules)) ==
          "unrecognized");
}
