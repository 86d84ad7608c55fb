#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classify/detectors.hpp"

using namespace jmrp;

namespace {

std::optional<classify::Classified> detect(std::string_view mail, const domain::ReadingRules& rules = {}) {
    std::vector<domain::Defect> defects;
    return classify::detect_bounce(mail::parse(mail, rules.limits, defects), rules);
}

std::vector<domain::BouncedRecipient> recipients(const std::string& mail) {
    const auto found = detect(mail);
    REQUIRE(found);
    return std::get<domain::Bounce>(found->reading.what).recipients;
}

domain::BouncedRecipient only(const std::string& mail) {
    const auto all = recipients(mail);
    REQUIRE(all.size() == 1);
    return all.front();
}

bool is_bounce(const std::string& mail) {
    return detect(mail).has_value();
}

/// A text bounce as a mail system sends it.
std::string notice(const std::string& subject, const std::string& body,
                   const std::string& from = "MAILER-DAEMON@mx.example.org") {
    return "Return-Path: <>\nFrom: " + from + "\nTo: news@sender.example.com\nSubject: " + subject + "\n\n" + body;
}

std::string person(const std::string& subject, const std::string& body) {
    return "Return-Path: <ann@example.org>\nFrom: Ann <ann@example.org>\nTo: news@sender.example.com\nSubject: " +
           subject + "\n\n" + body;
}

std::string report(const std::string& status, const std::string& status_type = "message/delivery-status",
                   const std::string& text = "Your message could not be delivered.\n") {
    return "Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.org>\nTo: "
           "news@sender.example.com\n"
           "Subject: Returned mail: see transcript for details\nMIME-Version: 1.0\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n--b1\nContent-Type: "
           "text/plain\n\n" +
           text + "\n--b1\nContent-Type: " + status_type + "\n\n" + status +
           "\n--b1\nContent-Type: message/rfc822\n\nFrom: news@sender.example.com\nTo: bob@example.net\nSubject: News\n"
           "Message-ID: <n1@sender.example.com>\n\nhello\n\n--b1--\n";
}

constexpr auto qmail_opening = "Hi. This is the qmail-send program at mx.example.org.\n"
                               "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
                               "This is a permanent error; I've given up. Sorry it didn't work out.\n\n";

/// How many recipients were found. A reader whose work grows with the square of the text does not come to its end before
/// the time limit that ctest sets on every test.
std::size_t recipients_found(const std::string& mail) {
    const auto found = detect(mail);
    return found ? std::get<domain::Bounce>(found->reading.what).recipients.size() : 0;
}

} // namespace

TEST_CASE("classify: a delivery status notification names address, action, status and the server's reply") {
    const auto r =
        only(report("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; Bob@Example.NET\nAction: failed\n"
                    "Status: 5.1.1 (bad destination mailbox)\nDiagnostic-Code: smtp; 550 5.1.1 <bob@example.net>\n"
                    "    User unknown\n"));
    CHECK(r.address == "Bob@example.net");
    CHECK(r.action == "failed");
    CHECK(r.status == "5.1.1");
    CHECK(r.reply == "550 5.1.1 <bob@example.net> User unknown");
}

TEST_CASE("classify: each recipient of a delivery status notification keeps its own answer") {
    const auto all = recipients(report("Reporting-MTA: dns; mx.example.org\n\n"
                                       "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n"
                                       "Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n"
                                       "Final-Recipient: rfc822; eve@example.net\nAction: delayed\nStatus: 4.2.2\n"
                                       "Diagnostic-Code: smtp; 452 4.2.2 mailbox full\n"));
    REQUIRE(all.size() == 2);
    CHECK(all[0].address == "bob@example.net");
    CHECK(all[0].reply == "550 5.1.1 no such user");
    CHECK(all[1].address == "eve@example.net");
    CHECK(all[1].action == "delayed");
    CHECK(all[1].status == "4.2.2");
}

TEST_CASE("classify: a status without reply is not filled with the answer of another recipient") {
    const auto all = recipients(report("Reporting-MTA: dns; mx.example.org\n\n"
                                       "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.0.0\n\n"
                                       "Final-Recipient: rfc822; eve@example.net\nAction: failed\nStatus: 5.0.0\n",
                                       "message/delivery-status", "<bob@example.net>: 550 5.1.1 No such user\n"));
    REQUIRE(all.size() == 2);
    CHECK(all[0].reply == "550 5.1.1 No such user");
    CHECK_FALSE(all[1].reply);
}

TEST_CASE("classify: an internationalized delivery status notification is read like any other") {
    CHECK(only(report("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: utf-8; bob@example.net\nAction: "
                      "failed\nStatus: 5.1.1\n",
                      "message/global-delivery-status"))
              .address == "bob@example.net");
}

TEST_CASE("classify: the status part may be labelled as plain text or hidden in another multipart") {
    const std::string status =
        "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\n"
        "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n";
    CHECK(only(report(status, "text/plain")).address == "bob@example.net");
    CHECK(only(report("--b2\nContent-Type: message/delivery-status\n\n" + status + "\n--b2--\n",
                      "multipart/mixed; boundary=b2"))
              .address == "bob@example.net");
}

TEST_CASE("classify: a recipient is read through odd address types, brackets, quotes and source routes") {
    const auto named = [](const std::string& field) {
        return only(report(field + "\nAction: failed\nStatus: 5.0.0\n")).address;
    };
    CHECK(named("Final-Recipient: <bob@example.net>") == "bob@example.net");
    CHECK(named("Final-Recipient: rfc/822;bob@example.net") == "bob@example.net");
    CHECK(named("Final-Recipient: RFC822; \"bob@example.net\"") == "bob@example.net");
    CHECK(named("Final-Recipient: rfc822; @relay.example.org:bob@example.net") == "bob@example.net");
    CHECK(named("Final-Recipient: rfc822; \"b..b\"@example.net") == "\"b..b\"@example.net");
    CHECK(named("Original-Recipient: rfc822;bob@example.net\nFinal-Recipient: X-LOCAL;bob@store") == "bob@example.net");
    CHECK(named("Original-Recipient: rfc822;bob@example.net\nFinal-Recipient: rfc822;|/bin/vacation eve@example.net") ==
          "bob@example.net");
}

TEST_CASE("classify: a status block that names a program leaves the address to Exim's header") {
    const std::string mail =
        report("Action: failed\nFinal-Recipient: rfc822;|/usr/bin/filter eve@example.net\nStatus: 5.0.0\n");
    CHECK(only("X-Failed-Recipients: bob@example.net\n" + mail).address == "bob@example.net");
}

TEST_CASE("classify: all fields in one block without a per-message block are read") {
    const auto r = only(report("Action : failed\nStatus : 5.0.0\nDiagnostic-Code : smtp;550 5.7.54 Unable to relay\n"
                               "Final-Recipient : rfc822;bob@example.net\n"));
    CHECK(r.address == "bob@example.net");
    CHECK(r.reply == "550 5.7.54 Unable to relay");
}

TEST_CASE("classify: the transcript completes a reply of which only the first line was kept") {
    const auto r =
        only(report("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: RFC822; bob@example.net\nAction: failed\n"
                    "Status: 5.7.1\nDiagnostic-Code: SMTP; 550-5.7.1 [192.0.2.7] Our system has detected\n",
                    "message/delivery-status",
                    "   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n>>> DATA\n"
                    "<<< 550-5.7.1 [192.0.2.7] Our system has detected\n<<< 550 5.7.1 unsolicited mail\n"
                    "554 5.0.0 Service unavailable\n"));
    CHECK(r.reply == "550-5.7.1 [192.0.2.7] Our system has detected 550 5.7.1 unsolicited mail");
}

TEST_CASE("classify: the returned mail's header is handed on") {
    const auto found = detect(report("Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n"));
    REQUIRE(found);
    REQUIRE(found->original.first("Message-ID"));
    CHECK(*found->original.first("Message-ID") == "<n1@sender.example.com>");
}

TEST_CASE("classify: a qmail bounce names its recipients before a colon") {
    const auto all = recipients(
        notice("failure notice", std::string(qmail_opening) +
                                     "<bob@example.net>:\n192.0.2.9 does not like recipient.\n"
                                     "Remote host said: 550 5.1.1 No such user\nGiving up on 192.0.2.9.\n\n"
                                     "<eve@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
                                     "--- Below this line is a copy of the message.\n\n"
                                     "Return-Path: <news@sender.example.com>\nTo: carol@example.net\n\nhi\n"));
    REQUIRE(all.size() == 2);
    CHECK(all[0].address == "bob@example.net");
    CHECK(all[0].status == "5.1.1");
    CHECK(all[0].reply->find("550 5.1.1 No such user") != std::string::npos);
    CHECK(all[1].address == "eve@example.net");
    CHECK(all[1].reply == "Sorry, no mailbox here by that name. (#5.1.1)");
}

TEST_CASE("classify: an exim bounce without a status part names its failed recipient and not its sender") {
    const auto r = only(
        notice("Mail delivery failed",
               "This message was created automatically by mail delivery software.\n\nA message sent by\n\n"
               "  <list@sender.example.com>\n\ncould not be delivered to one or more of its recipients. The following\n"
               "address(es) failed:\n\n  bob@example.net\n    host mx.example.net [192.0.2.3]\n"
               "    SMTP error from remote mail server after MAIL FROM:<list@sender.example.com>:\n"
               "    550 5.7.1 rejected\n\n------ This is a copy of the message, including all the headers. ------\n\n"
               "Return-path: <list@sender.example.com>\nTo: eve@example.net\n\nhi\n",
               "Mail Delivery System <Mailer-Daemon@mx.example.org>"));
    CHECK(r.address == "bob@example.net");
    CHECK(r.status == "5.7.1");
    CHECK(r.action == "failed");
}

TEST_CASE("classify: X-Failed-Recipients is believed in a bounce") {
    const auto all = recipients("X-Failed-Recipients: bob@example.net,\n  eve@example.net\n" +
                                notice("Mail delivery failed: returning message to sender",
                                       "A message that you sent could not be delivered.\n"));
    REQUIRE(all.size() == 2);
    CHECK(all[1].address == "eve@example.net");
}

TEST_CASE("classify: sendmail's transcript alone names each recipient once, with its line") {
    const auto all =
        recipients(notice("Returned mail: Host unknown",
                          "   ----- Transcript of session follows -----\n"
                          "550 example.net (smtp)... 550 Host unknown\n554 <bob@example.net>... 550 Host unknown\n"
                          "While talking to mx.example.edu:\n>>> RCPT To:<eve@example.edu>\n"
                          "<<< 550 <eve@example.edu> mailbox not found\n550 <eve@example.edu>... User unknown\n\n"
                          "   ----- Unsent message follows -----\nTo: carol@example.edu\n\nhi\n"));
    REQUIRE(all.size() == 2);
    CHECK(all[0].address == "bob@example.net");
    CHECK(all[0].reply == "554 <bob@example.net>... 550 Host unknown");
    CHECK(all[1].address == "eve@example.edu");
    CHECK(all[1].reply->find("mailbox not found") != std::string::npos);
}

TEST_CASE("classify: a bounce that names nobody falls back to the one addressee of the returned mail") {
    const auto mail = [](const std::string& to) {
        return notice(
            "Returned mail: Cannot send message for 4 days",
            "   ----- Transcript of session follows -----\n421 example.net (smtp)... Deferred: Connection timed out\n\n"
            "   ----- Unsent message follows -----\nFrom: news@sender.example.com\n" +
                to + "Subject: News\n\nhi\n");
    };
    CHECK(only(mail("To: Bob <bob@example.net>\n")).address == "bob@example.net");
    CHECK_FALSE(only(mail("To: bob@example.net, eve@example.net\n")).address);
    CHECK_FALSE(only(mail("To: bob@example.net\nCc: eve@example.net\n")).address);
    CHECK_FALSE(only(mail("To: news@sender.example.com\n")).address);
}

TEST_CASE("classify: an exchange report without status part is read from its text, code by code") {
    const auto r =
        only("Auto-Submitted: auto-replied\n" +
             notice("Undeliverable: News",
                    "Delivery has failed to these recipients or groups:\n\nbob@example.net<mailto:bob@example.net>\n"
                    "The address wasn't found. For more tips see DSN 5.1.10 Errors in Exchange Online.\n\n"
                    "Diagnostic information for administrators:\n\nGenerating server: X1.prod.example.com\n\n"
                    "bob@example.net\nRemote Server returned '550 5.4.1 Recipient address rejected'\n\n"
                    "Original message headers:\n\nReceived: from a by b\nTo: eve@example.net\n",
                    "postmaster@example.net"));
    CHECK(r.address == "bob@example.net");
    CHECK(r.status == "5.4.1");
    CHECK(r.reply->find("550 5.4.1 Recipient address rejected") != std::string::npos);
}

TEST_CASE("classify: an html-only report is read") {
    const auto r = only(
        "Return-Path: <>\nFrom: postmaster@example.net\nTo: news@sender.example.com\nSubject: Undeliverable: News\n"
        "MIME-Version: 1.0\nContent-Type: text/html\n\n<html><style>p{a@b.example}</style><body><p><b>Delivery has "
        "failed to "
        "these recipients or groups:</b></p>\n<p><a href=\"x\">bob@example.net</a><br>\n"
        "Remote Server returned &#39;550 5.1.10 not found&#39;</p></body></html>\n");
    CHECK(r.address == "bob@example.net");
    CHECK(r.status == "5.1.10");
}

TEST_CASE("classify: text bounces of many systems name their recipient", "[forms]") {
    const std::vector<std::pair<std::string, std::string>> forms = {
        {"Delivery Status Notification (Failure)",
         "Delivery to the following recipient failed permanently:\n\n     bob@example.net\n"},
        {"Undeliverable Mail", "Unknown user: bob@example.net\n"},
        {"Undelivered Mail Returned to Sender",
         "This is the mail system at host mx.example.org.\n\n<bob@example.net>: host\n"
         "    mx.example.net[192.0.2.4] said: 550 5.1.1 unknown\n"},
        {"DELIVERY FAILURE: User bob not listed",
         "Your message\n\n  Subject: News\n\nwas not delivered to:\n\n  bob@example.net\n"},
        {"Delivery Failure", "Could not deliver message to the following recipient(s):\n\nFailed Recipient: "
                             "bob@example.net\nReason: 550\n"},
        {"Message Delivery Failure",
         "The following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:bob@example.net]\n"},
        {"Mail delivery failed",
         "There was an error delivering your mail to <bob@example.net>.\n\nmx did not like our DATA:\n550 no\n"},
        {"Delivery status notification: error",
         "An error has occurred while attempting to deliver a message for\n"
         "the following list of recipients:\n\nbob@example.net: 550 5.1.1 unknown\n"},
        {"[Postmaster] Email Delivery Failure",
         "An email that you attempted to send to the following address could not be "
         "delivered:\n-- bob@example.net\n"},
        {"Mail System Error - Returned Mail",
         "Each of the following recipients was rejected by a remote\nmail server.\n\n"
         "    Recipient: <bob@example.net>\n    >>> RCPT TO:<bob@example.net>\n    <<< 550 no\n"},
        {"Mail delivery failed",
         "Ihre E-Mail konnte nicht zugestellt werden an folgende Adresse:\n\nbob@example.net\n"},
        {"Returned Mail: User unknown",
         "---The following addresses had delivery errors---\n\nbob@example.net [User unknown]\n"},
    };
    for (const auto& [subject, body] : forms) {
        INFO(body);
        CHECK(only(notice(subject, body)).address == "bob@example.net");
    }
}

TEST_CASE("classify: a delay warning is a bounce whose action is delayed") {
    const auto r = only(notice(
        "Delayed Mail (still being retried)",
        "THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nYour message could not be delivered "
        "for 4 hours.\n\n<bob@example.net>: connect to mx.example.net[192.0.2.4]:25: timed out\n"));
    CHECK(r.address == "bob@example.net");
    CHECK(r.action == "delayed");
}

TEST_CASE("classify: double-byte letters that look like addresses are none") {
    const auto r = only(notice("failure notice", "Each of the following recipients was rejected.\n\n"
                                                 "Recipient: \x1B$B$3@K.e\x1B(B <bob@example.net>\n<<< 550 no\n"));
    CHECK(r.address == "bob@example.net");
}

TEST_CASE("classify: addresses of mail systems and of the sender are not the failed ones") {
    const auto r =
        only(notice("Delivery failure", "Unable to deliver message to the following address(es).\n\n"
                                        "<postmaster@example.net>\n<news@sender.example.com>\n<bob@example.net>\n"));
    CHECK(r.address == "bob@example.net");
}

TEST_CASE("classify: an address elsewhere in a bounce is not taken for the failed one") {
    const auto r = only(
        notice("Mail delivery failed", "Your message was not delivered.\n\nFor help write to support@example.net\n"));
    CHECK_FALSE(r.address);
}

TEST_CASE("classify: vacation notes are no bounces, whatever they are sent by") {
    CHECK_FALSE(
        is_bounce(notice("Automatic reply: News", "I am away. Your message was not delivered to bob@example.net.\n",
                         "bob@example.net")));
    CHECK_FALSE(
        is_bounce("Auto-Submitted: auto-replied\n" + notice("Away", "I am away until May.\n", "bob@example.net")));
    CHECK_FALSE(is_bounce("X-Autoreply: yes\n" +
                          notice("Re: failure notice", "Undeliverable, I am away.\n", "postmaster@example.net")));
}

TEST_CASE("classify: a person's mail about a bounce is none") {
    const std::string quoted = std::string("> ") + "<bob@example.net>:\n> Remote host said: 550 5.1.1 unknown\n";
    CHECK_FALSE(
        is_bounce(person("failure notice", std::string(qmail_opening) + "<bob@example.net>:\n550 5.1.1 unknown\n")));
    CHECK_FALSE(is_bounce(person("Re: Undeliverable: News", "What does this mean?\n\n" + quoted)));
    CHECK_FALSE(is_bounce(
        "From: Postmaster <postmaster@example.net>\nTo: news@sender.example.com\nSubject: Re: delivery failure\n\n"
        "We are looking into it.\n\n" +
        quoted));
    CHECK_FALSE(
        is_bounce(person("status", "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.7.1\n")));
    CHECK_FALSE(is_bounce(
        "From: Postmaster <postmaster@example.net>\nTo: news@sender.example.com\nSubject: Re: delivery failure\n\n"
        "bob@example.net: has left, write to eve@example.net instead.\n"));
}

TEST_CASE("classify: a bounce attached to a person's mail does not make it one") {
    CHECK_FALSE(is_bounce(
        "From: Ann <ann@example.org>\nTo: news@sender.example.com\nSubject: look\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nsee below\n--m\nContent-Type: message/rfc822\n\n" +
        report("Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n") + "\n--m--\n"));
}

TEST_CASE("classify: other mail of a postmaster is no bounce") {
    CHECK_FALSE(is_bounce(
        notice("Report Domain: sender.example.com", "DMARC aggregate report attached.\n", "postmaster@example.net")));
    CHECK_FALSE(is_bounce(
        notice("Quarantine digest", "You have 3 messages.\nbob@example.net: free offer\n", "postmaster@example.net")));
}

TEST_CASE("classify: feedback reports and receipts are left to others") {
    const std::string head =
        "From: MAILER-DAEMON@example.net\nTo: fbl@sender.example.com\nSubject: Undeliverable\nMIME-Version: 1.0\n";
    CHECK_FALSE(is_bounce(head + "Content-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\n\n"
                                 "Delivery failed: bob@example.net\n--f\nContent-Type: message/feedback-report\n\n"
                                 "Feedback-Type: abuse\nUser-Agent: x\nVersion: 1\n\n--f--\n"));
    CHECK_FALSE(
        is_bounce(head + "Content-Type: multipart/report; report-type=disposition-notification; boundary=f\n\n--f\n\n"
                         "was not delivered to bob@example.net\n--f\nContent-Type: message/disposition-notification\n\n"
                         "Final-Recipient: rfc822;bob@example.net\nDisposition: manual-action; displayed\n\n--f--\n"));
}

TEST_CASE("classify: a bounce forwarded as quoted text is one when header and status are quoted too") {
    const std::string quoted = "> Subject: Returned mail: see transcript\n>\n> Reporting-MTA: dns; mx.example.org\n>\n"
                               "> Final-Recipient: RFC822; bob@example.net\n> Action: failed\n> Status: 5.1.1\n";
    CHECK(only(person("Fwd: Returned mail",
                      "Begin forwarded message:\n\n> From: Mail Delivery Subsystem <MAILER-DAEMON>\n" + quoted))
              .address == "bob@example.net");
    CHECK_FALSE(is_bounce(
        person("Fwd: Returned mail", "Begin forwarded message:\n\n> From: Carol <carol@example.org>\n" + quoted)));
}

TEST_CASE("classify: ten thousand recipients are cut at the limit and told") {
    std::string status = "Reporting-MTA: dns; mx.example.org\n\n";
    std::string text = qmail_opening;
    for (int i = 0; i < 10'000; ++i) {
        status += "Final-Recipient: rfc822; u" + std::to_string(i) + "@example.net\nAction: failed\nStatus: 5.1.1\n\n";
        text += "<u" + std::to_string(i) + "@example.net>:\n";
    }
    for (const std::string& mail : {report(status), notice("failure notice", text)}) {
        const auto found = detect(mail);
        REQUIRE(found);
        CHECK(std::get<domain::Bounce>(found->reading.what).recipients.size() == domain::Limits{}.recipients);
        REQUIRE(found->reading.defects.size() == 1);
        CHECK(found->reading.defects.front().code == "too-many-recipients");
    }
}

TEST_CASE("classify: a recipient named twice counts once") {
    CHECK(recipients(report("Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n\n"
                            "Final-Recipient: rfc822; BOB@Example.Net\nAction: failed\nStatus: 5.1.1\n"))
              .size() == 1);
}

TEST_CASE("classify: hostile texts are read in bounded time") {
    const std::string ats(3'000'000, '@');
    const std::string line = std::string(qmail_opening) + std::string(3'000'000, 'a') + "@example.net:\n550 no\n";
    std::string again = qmail_opening;
    std::string dialogue = "Delivery failed\n";
    for (int i = 0; i < 40'000; ++i) {
        again += "<b@c.de>:\n";
        dialogue += "<<< 4\n";
    }
    const std::string open = "Reporting-MTA: x\n\n" + std::string(500'000, '\n') + "Final-Recipient: rfc822; ;;;\n";
    for (const std::string& body :
         {ats, line, again, dialogue, std::string(3'000'000, '<'), std::string(2'000'000, '"') + "@a.de"})
        CHECK(recipients_found(notice("failure notice", qmail_opening + body)) <= 1000);
    CHECK(recipients_found(report(open)) <= 1000);
    CHECK(recipients_found("Content-Type: text/html\n" + notice("failure notice", std::string(1'000'000, '<'))) <=
          1000);
}

TEST_CASE("classify: parts nested without end are walked without recursion") {
    mail::Part part;
    part.type = "message/delivery-status";
    part.body = "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n";
    for (int i = 0; i < 2'000; ++i) {
        mail::Part outer;
        outer.type = "multipart/mixed";
        outer.parts.push_back(std::move(part));
        part = std::move(outer);
    }
    const auto found = classify::detect_bounce(part, {});
    REQUIRE(found);
    CHECK(std::get<domain::Bounce>(found->reading.what).recipients.front().address == "bob@example.net");
}

TEST_CASE("classify: an empty or broken status part is still a bounce, of nobody") {
    for (const std::string status : {"", "\n\n\n", "garbage\n", "Final-Recipient:\n"}) {
        const auto all = recipients(report(status));
        REQUIRE(all.size() == 1);
        CHECK(all.front().address == "bob@example.net"); // the returned mail has one addressee
    }
}

TEST_CASE("classify: a bounce tells what proves that the returned mail was ours") {
    const auto found = detect(
        "Return-Path: <>\nDelivered-To: b+bob=example.net@sender.example\nFrom: MAILER-DAEMON@mx.sender.example\n"
        "To: b+bob=example.net@sender.example\nSubject: Undelivered Mail\nDate: Thu, 12 Nov 2026 12:00:00 +0000\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: "
        "message/delivery-status\n\nReporting-MTA: dns; MX.sender.example\nOriginal-Envelope-Id: campaign-7\n"
        "X-Postfix-Queue-ID: 4cY8Zk2NsFz3x\nX-Postfix-Sender: rfc822; b+bob=example.net@sender.example\n"
        "Arrival-Date: Thu, 12 Nov 2026 11:59:00 +0000\n\nFinal-Recipient: rfc822; bob@mail.example.net\n"
        "Original-Recipient: rfc822; Bob@example.net\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.net. "
        "(192.0.2.9)\nLast-Attempt-Date: Thu, 12 Nov 2026 11:59:30 +0000\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        "Return-Path: <b+bob=example.net@sender.example>\n"
        "Received: from app (app [10.0.0.9])\n by mx.sender.example (Postfix) with ESMTP id 4cY8Zk2NsFz3x;\n"
        " Thu, 12 Nov 2026 11:59:00 +0000\nReceived: by app id abc-1; Thu, 12 Nov 2026 11:58:00 +0000\n"
        "Message-ID: <n1@sender.example>\n\n--b--\n");
    REQUIRE(found);
    const auto& bounce = std::get<domain::Bounce>(found->reading.what);
    CHECK(bounce.reporting_mta == "mx.sender.example");
    CHECK(bounce.returned.message_id == "n1@sender.example");
    CHECK(bounce.returned.envelope_id == "campaign-7");
    CHECK(bounce.returned.mail_from == std::vector<std::string>{"b+bob=example.net@sender.example"});
    CHECK(bounce.returned.queue_ids == std::vector<std::string>{"4cY8Zk2NsFz3x", "abc-1"});
    CHECK(bounce.returned.arrival_date == 1'794'484'740);
    REQUIRE(bounce.recipients.size() == 1);
    const auto& recipient = bounce.recipients.front();
    CHECK(recipient.original_recipient == "Bob@example.net");
    CHECK(recipient.remote_mta == "mx.example.net");
    REQUIRE(recipient.rejection);
    CHECK(recipient.rejection->at == 1'794'484'770);
    CHECK(recipient.rejection->host == "mx.example.net");
}

TEST_CASE("classify: each recipient has a rejection of its own, and who got the mail has none") {
    const auto all =
        recipients(report("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; a@hotmail.com\n"
                          "Action: failed\nStatus: 5.7.1\nRemote-MTA: dns; "
                          "hotmail-com.olc.protection.outlook.com\nDiagnostic-Code: smtp; 550 5.7.1 "
                          "Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet "
                          "service provider since part of their network is on our block list (S3140).\n\n"
                          "Final-Recipient: rfc822; b@example.net\nAction: failed\nStatus: 5.1.1\n"
                          "Remote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n\n"
                          "Final-Recipient: rfc822; c@example.net\nAction: relayed\nStatus: 2.0.0\n"));
    REQUIRE(all.size() == 3);
    REQUIRE(all[0].rejection);
    CHECK(all[0].rejection->code == "S3140");
    REQUIRE(all[1].rejection);
    CHECK(all[1].rejection->category == domain::RejectionCategory::recipient);
    CHECK_FALSE(all[1].rejection->ip);
    CHECK_FALSE(all[2].rejection);
}

TEST_CASE("classify: a Diagnostic-Code that was cut short is completed by the text") {
    const std::string sentence =
        "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your "
        "Internet service provider since part of their network is on our block list (S3150).";
    const std::string cut =
        "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; a@hotmail.com\nAction: failed\n"
        "Status: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 Unfortunately, mess...\n";
    const auto one = only(report(cut, "message/delivery-status",
                                 "   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n"
                                 ">>> DATA\n<<< " +
                                     sentence + "\n"));
    REQUIRE(one.rejection);
    CHECK(one.rejection->code == "S3150");
    CHECK(one.rejection->ip == domain::parse_ip("192.0.2.10"));
    // With a second recipient nothing says whose words they are.
    const auto two =
        recipients(report(cut + "\nFinal-Recipient: rfc822; b@example.net\nAction: failed\nStatus: 5.0.0\n",
                          "message/delivery-status", "Something else.\n\n" + sentence + "\n"));
    REQUIRE(two.size() == 2);
    CHECK(two[1].rejection->category != domain::RejectionCategory::ip_block);
}

TEST_CASE("classify: in a transcript of several servers each recipient has the answer of its own") {
    const auto all = recipients(report(
        "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; a@customer.example\nAction: failed\n"
        "Status: 5.0.0\nRemote-MTA: dns; customer-example.mail.protection.outlook.com\nDiagnostic-Code: smtp; 550 "
        "5.7.511 "
        "Access denied, banned sender[192.0.2.10].\n\nFinal-Recipient: rfc822; b@example.net\nAction: failed\n"
        "Status: 5.0.0\n",
        "message/delivery-status",
        "   ----- Transcript of session follows -----\n... while talking to "
        "customer-example.mail.protection.outlook.com.:\n>>> MAIL From:<n@sender.example>\n<<< 550 5.7.511 Access "
        "denied, "
        "banned sender[192.0.2.10].\n... while talking to mx.example.net.:\n>>> RCPT To:<b@example.net>\n<<< 550 5.1.1 "
        "<b@example.net>: User unknown\n"));
    REQUIRE(all.size() == 2);
    CHECK(all[0].rejection->category == domain::RejectionCategory::ip_block);
    CHECK(all[1].rejection->category == domain::RejectionCategory::recipient);
    CHECK_FALSE(all[1].rejection->ip);
}
