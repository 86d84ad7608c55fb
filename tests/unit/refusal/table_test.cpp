// Every row of the table, in the four shapes in which its words arrive.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "ingest/interpret.hpp"
#include "refusal/answer.hpp"
#include "refusal/normalized.hpp"
#include "refusal/pattern.hpp"
#include "refusal/read.hpp"
#include "refusal/rules.hpp"
#include "traffic/reader.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using Category = domain::RejectionCategory;
using List = domain::BlockList;

namespace {

struct Server {
    std::string_view host;
    std::string_view ip;
    std::string_view recipient;
};
constexpr Server consumer = {"hotmail-com.olc.protection.outlook.com", "104.47.8.33", "user@hotmail.com"};
constexpr Server hosted = {"customer-example.mail.protection.outlook.com", "104.47.5.36", "user@customer.example"};
constexpr Server stranger = {"mx.example.net", "198.51.100.25", "user@example.net"};

struct Sample {
    std::string_view rule;
    const Server& server;
    Category category;
    std::optional<List> list;
    std::string_view code;
    std::string_view ip; ///< empty: none
    std::string_view text;
};

constexpr std::string_view signature = " [DB8EUR05FT012.eop-eur05.prod.protection.outlook.com 2026-11-12T10:00:07.123Z "
                                       "08DD0123456789AB]";

const std::vector<Sample>& samples() {
    const auto olc = List::outlook_com;
    const auto eop = List::office365;
    const auto spamhaus = List::spamhaus;
    const auto none = std::optional<List>();
    static const std::vector<Sample> all = {
        {"s3140", consumer, Category::ip_block, olc, "S3140", "192.0.2.10",
         "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service "
         "provider "
         "since part of their network is on our block list (S3140). You can also refer your provider to "
         "http://mail.live.com/mail/troubleshooting.aspx#errors."},
        {"s3150", consumer, Category::ip_block, olc, "S3150", "2001:db8:25::10",
         "550 5.7.1 Unfortunately, messages from [2001:db8:25::10] weren't sent. Please contact your Internet service "
         "provider since part of their network is on our block list (S3150)."},
        {"s3150", consumer, Category::ip_block, olc, "AS3150", "192.0.2.10",
         "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren\xE2\x80\x99t sent. Please contact your Internet "
         "service provider since part of their network is on our block list (AS3150)."},
        {"sc001", consumer, Category::ip_block, olc, "SC-001", "192.0.2.10",
         "550 SC-001 (COL004-MC6F21) Unfortunately, messages from 192.0.2.10 weren't sent. Please contact your "
         "Internet "
         "service provider since part of their network is on our block list."},
        {"sc002", consumer, Category::ip_block, olc, "SC-002", "192.0.2.10",
         "550 SC-002 (BAY004-MC1F5) Unfortunately, messages from 192.0.2.10 weren't sent. Please contact your Internet "
         "service provider since part of their network is on our block list."},
        {"sc003", consumer, Category::ip_block, olc, "SC-003", "",
         "550 SC-003 Mail rejected by Windows Live Hotmail for policy reasons. Reasons for rejection may be related to "
         "open proxies or relays."},
        {"sc004", consumer, Category::ip_block, olc, "SC-004", "192.0.2.10",
         "550 SC-004 (SNT004-MC2F8) Unfortunately, messages from 192.0.2.10 weren't sent. Please contact your Internet "
         "service provider."},
        {"dy001", consumer, Category::ip_block, spamhaus, "DY-001", "",
         "550 DY-001 Mail rejected by Windows Live Hotmail for policy reasons. We generally do not accept email from "
         "dynamic IP's as they are not typically used to deliver unauthenticated SMTP email."},
        {"dy002", consumer, Category::ip_block, olc, "DY-002", "",
         "550 DY-002 Mail rejected by Windows Live Hotmail for policy reasons. The likely cause is a compromised or "
         "virus "
         "infected server/personal computer."},
        {"ou001", consumer, Category::ip_block, spamhaus, "OU-001", "",
         "550 OU-001 Mail rejected by Windows Live Hotmail for policy reasons. The mail server IP connecting is listed "
         "in "
         "www.spamhaus.org."},
        {"ou002", consumer, Category::ip_block, olc, "OU-002", "192.0.2.10",
         "550 OU-002 (BLU004-MC4F12) Unfortunately, messages from 192.0.2.10 weren't sent. Please contact your "
         "Internet "
         "service provider since part of their network is on our block list."},
        {"blk-other", consumer, Category::ip_block, olc, "S9999", "192.0.2.10",
         "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service "
         "provider "
         "since part of their network is on our block list (S9999)."},
        {"blk-other", consumer, Category::ip_block, olc, "5.7.1", "192.0.2.10",
         "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service "
         "provider "
         "since part of their network is on our block list"},
        {"blk-other", consumer, Category::ip_block, olc, "5.7.1", "192.0.2.10",
         "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please con..."},
        {"rp00x", consumer, Category::rate_limit, olc, "RP-001", "",
         "421 RP-001 (SNT004-MC2F40) Unfortunately, some messages from 192.0.2.10 weren't sent. Please try again. We "
         "have "
         "limits for how many messages can be sent per hour and per day."},
        {"t650", consumer, Category::rate_limit, olc, "4.7.650", "192.0.2.10",
         "451 4.7.650 The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation. For e-mail "
         "delivery information, see https://postmaster.live.com (S775)"},
        {"t651", consumer, Category::rate_limit, olc, "4.7.651", "192.0.2.10",
         "451 4.7.651 The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation. For e-mail "
         "delivery information, see https://aka.ms/postmaster (S844)"},
        {"t652", consumer, Category::rate_limit, olc, "4.7.652", "192.0.2.10",
         "451 4.7.652 The mail server [192.0.2.10] has exceeded the maximum number of connections. (S3115)"},
        {"tconn", consumer, Category::rate_limit, olc, "4.7.652", "",
         "451 4.7.652 The mail server has exceeded the maximum number of messages per connection."},
        {"t500", consumer, Category::rate_limit, olc, "4.7.500", "192.0.2.10",
         "451 4.7.500 Server busy. Please try again later from [192.0.2.10]. (AS761)"},
        {"t550", hosted, Category::rate_limit, eop, "4.7.550", "",
         "451 4.7.550 Access denied, please try again later."},
        {"tpfa", consumer, Category::other, olc, "4.7.700", "", "451 4.7.700 PFA agent busy, please try again."},
        {"srv", consumer, Category::other, olc, "4.4.0", "",
         "451 4.4.0 Temporary server error. Please try again later. PRX4"},
        {"srv2", consumer, Category::other, olc, "4.3.2", "", "421 4.3.2 Service not available"},
        {"srv3", consumer, Category::other, olc, "4.3.1", "", "452 4.3.1 Insufficient system resources"},
        {"srv4", hosted, Category::other, eop, "4.3.2", "", "451 4.3.2 Organization queue quota exceeded."},
        {"sh-mf", hosted, Category::authentication, spamhaus, "5.7.1", "",
         "550 5.7.1 Service unavailable, MailFrom domain is listed in Spamhaus. To request removal from this list see "
         "https://www.spamhaus.org/query/lookup/ (S8002)"},
        {"sh-helo", hosted, Category::authentication, spamhaus, "5.7.1", "",
         "550 5.7.1 Service unavailable, Helo domain is listed in Spamhaus. To request removal from this list see "
         "https://www.spamhaus.org/query/lookup/ (S8001)"},
        {"sh-ip", hosted, Category::ip_block, spamhaus, "5.7.1", "192.0.2.10",
         "550 5.7.1 Service unavailable, Client host [192.0.2.10] blocked using Spamhaus. To request removal from this "
         "list see https://www.spamhaus.org/query/ip/192.0.2.10 (AS3130)."},
        {"o606", hosted, Category::ip_block, eop, "5.7.606", "192.0.2.10",
         "550 5.7.606 Access denied, banned sending IP [192.0.2.10]. To request removal from this list please visit "
         "https://sender.office.com/ and follow the directions. (AS16012609)"},
        {"o606", hosted, Category::ip_block, eop, "5.7.649", "2001:db8:25::10",
         "550 5.7.649 Access denied, banned sending IP [2001:db8:25::10]. To request removal from this list please "
         "visit "
         "https://sender.office.com/ and follow the directions."},
        {"o511", hosted, Category::ip_block, eop, "5.7.511", "192.0.2.10",
         "550 5.7.511 Access denied, banned sender[192.0.2.10]. To request removal from this list please forward this "
         "message to delist@microsoft.com. For more information please go to "
         "https://go.microsoft.com/fwlink/?LinkId=526653. "
         "AS(1410)"},
        {"fblw", hosted, Category::ip_block, eop, "5.7.1", "192.0.2.10",
         "550 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using FBLW15; To request removal from this "
         "list "
         "please forward this message to delist@messaging.microsoft.com"},
        {"blist", hosted, Category::ip_block, eop, "5.7.1", "192.0.2.10",
         "550 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using Blocklist 1; To request removal from "
         "this "
         "list please forward this message to delist@messaging.microsoft.com"},
        {"cust", hosted, Category::third_party_block, eop, "5.7.513", "",
         "550 5.7.513 Service unavailable, Client host [192.0.2.10] blocked by customer.example using Customer Block "
         "list. AS(1430)"},
        {"rej", hosted, Category::third_party_block, eop, "5.7.507", "",
         "550 5.7.507 Access denied, rejected by recipient."},
        {"a515", consumer, Category::authentication, olc, "5.7.515", "",
         "550 5.7.515 Access denied, sending domain SENDER.EXAMPLE doesn't meet the required authentication level. "
         "Spf= "
         "Fail , Dkim= Pass , DMARC= Pass"},
        {"a509", consumer, Category::authentication, olc, "5.7.509", "",
         "550 5.7.509 Access denied, sending domain [SENDER.EXAMPLE] does not pass DMARC verification and has a DMARC "
         "policy of reject."},
        {"a023", hosted, Category::authentication, eop, "5.7.23", "",
         "550 5.7.23 The message was rejected because of Sender Policy Framework violation"},
        {"a512", hosted, Category::other, eop, "5.7.512", "",
         "550 5.7.512 Access denied, message must be RFC5322 compliant."},
        {"helo", hosted, Category::other, eop, "5.7.506", "", "550 5.7.506 Access Denied, Bad HELO."},
        {"v6", hosted, Category::authentication, eop, "4.7.26", "",
         "450 4.7.26 Service does not accept messages sent over IPv6 [2001:db8:25::10] unless they pass either SPF or "
         "DKIM "
         "validation"},
        {"v6", hosted, Category::authentication, eop, "5.7.25", "",
         "550 5.7.25 The sending IPv6 address must have a reverse DNS record."},
        {"r550", consumer, Category::recipient, olc, "5.5.0", "",
         "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."},
        {"r541", hosted, Category::recipient, eop, "5.4.1", "", "550 5.4.1 Recipient address rejected: Access denied."},
        {"r541", hosted, Category::recipient, eop, "5.7.504", "",
         "550 5.7.504 [user@customer.example]: Recipient address rejected."},
        {"r521", hosted, Category::recipient, eop, "5.2.121", "",
         "550 5.2.121 Recipient's per hour message limit reached."},
        {"rauth", hosted, Category::recipient, eop, "5.7.1", "",
         "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized"},
        {"rauth", hosted, Category::recipient, eop, "5.7.124", "",
         "550 5.7.124 Sender is not in the allowed-senders list of the group."},
        {"ten", hosted, Category::tenant, eop, "5.7.708", "",
         "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP."},
        {"ten", hosted, Category::tenant, eop, "5.1.8", "", "550 5.1.8 Access denied, bad outbound sender."},

        {"rate", stranger, Category::rate_limit, none, "4.7.0", "",
         "450 4.7.0 Too many connections from your host, slow down."},
        {"rate", stranger, Category::rate_limit, none, "4.2.0", "", "450 4.2.0 Greylisted, see you in five minutes."},
        {"reverse-name", stranger, Category::authentication, none, "4.7.1", "",
         "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.10]"},
        {"authentication", stranger, Category::authentication, none, "5.7.1", "",
         "550 5.7.1 Rejected by the DMARC policy of sender.example."},
        {"authentication", stranger, Category::authentication, none, "5.7.26", "",
         "550 5.7.26 Your email has been blocked because the sender is not who they say."},
        {"authentication", stranger, Category::authentication, none, "5.1.0", "",
         "550 5.1.0 <b+1@sender.example>: Sender address rejected: User unknown in virtual mailbox table"},
        {"dnsbl", stranger, Category::third_party_block, none, "5.7.1", "",
         "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org; "
         "https://www.spamhaus.org/query/ip/192.0.2.10"},
        {"no-mailbox", stranger, Category::recipient, none, "5.1.1", "",
         "550 5.1.1 <user@example.net>: Recipient address rejected: User unknown in virtual mailbox table"},
        {"full-mailbox", stranger, Category::recipient, none, "4.2.2", "", "452 4.2.2 The mailbox is over quota."},
        {"content", stranger, Category::content, none, "5.7.1", "", "554 5.7.1 This message looks like spam to us."},
        {"status-address", stranger, Category::recipient, none, "5.1.1", "", "550 5.1.1 Sorry."},
        {"status-mailbox", stranger, Category::recipient, none, "5.2.1", "", "550 5.2.1 Not today."},
    };
    return all;
}

domain::Rejection only_rejection(const std::string& mail, const domain::ReadingRules& rules = {}) {
    const auto reading = ingest::interpret(mail, rules);
    const auto* bounce = std::get_if<domain::Bounce>(&reading.what);
    REQUIRE(bounce);
    REQUIRE(bounce->recipients.size() == 1);
    REQUIRE(bounce->recipients.front().rejection);
    return *bounce->recipients.front().rejection;
}

/// A header value whose lines end wherever `columns` are full.
std::string folded(const std::string& text, std::size_t columns) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += columns)
        out += (i == 0 ? "" : "\n    ") + text.substr(i, columns);
    return out;
}

std::string delivery_status(const Server& server, std::string_view diagnostic) {
    return "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mail.sender.example>\nTo: b+1@sender.example\n"
           "Subject: Undelivered Mail Returned to Sender\nDate: Thu, 12 Nov 2026 12:00:00 +0000\nMIME-Version: 1.0\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
           "Your message could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n"
           "Reporting-MTA: dns; mail.sender.example\n\nFinal-Recipient: rfc822; " +
           std::string(server.recipient) + "\nAction: failed\nStatus: 5.0.0\nRemote-MTA: dns; " +
           std::string(server.host) + "\nDiagnostic-Code: smtp; " + std::string(diagnostic) +
           "\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: news@sender.example\nMessage-ID: <n1@sender.example>\n"
           "\n--b--\n";
}

std::string plain_notice(const Server& server, std::string_view text) {
    return "Return-Path: <>\nFrom: MAILER-DAEMON@mail.sender.example\nTo: b+1@sender.example\nSubject: failure notice\n"
           "Date: Thu, 12 Nov 2026 12:00:00 +0000\n\nHi. This is the qmail-send program at mail.sender.example.\n"
           "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
           "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<" +
           std::string(server.recipient) + ">:\n" + std::string(server.ip) +
           " failed after I sent the message.\nRemote host said: " + std::string(text) +
           "\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <b+1@sender.example>\n"
           "From: news@sender.example\n\nhello\n";
}

std::optional<domain::Rejection> in_log(const Server& server, std::string_view text,
                                        const domain::ReadingRules& rules = {}) {
    const auto* format = traffic::find_format("postfix");
    REQUIRE(format);
    traffic::Context context;
    context.latest = 1'794'600'000;
    const auto reader = format->make(context);
    const std::string line = "2026-11-12T10:00:09+00:00 mail postfix/smtp[123]: 4cY8Zk2NsFz3x: to=<" +
                             std::string(server.recipient) + ">, relay=" + std::string(server.host) + "[" +
                             std::string(server.ip) +
                             "]:25, delay=1, delays=0.1/0/0.4/0.5, "
                             "dsn=5.0.0, status=bounced (host " +
                             std::string(server.host) + "[" + std::string(server.ip) + "] said: " + std::string(text) +
                             " (in reply to RCPT TO command))";
    reader->begin(line);
    const traffic::Reading reading = reader->read(line);
    REQUIRE(reading.events.size() == 1);
    return refusal::read_record(std::get<domain::SentRecord>(reading.events.front()), rules);
}

void check(const Sample& sample, const domain::Rejection& got, bool list_is_known = true) {
    CHECK(got.rule == sample.rule);
    CHECK(got.category == sample.category);
    if (list_is_known)
        CHECK(got.list == sample.list);
    CHECK(got.code.value_or("") == sample.code);
    CHECK((got.ip ? got.ip->text() : "") == sample.ip);
}

domain::Rejection read(std::string_view text, std::string_view host = consumer.host,
                       const domain::ReadingRules& rules = {}) {
    return refusal::read({text, {}, host, "hotmail.com", {}}, rules);
}

} // namespace

TEST_CASE("refusal: every row of the table has a sample, and each sample reads the same in all four shapes") {
    std::set<std::string_view> seen;
    for (const Sample& sample : samples()) {
        const bool microsoft = sample.server.host != stranger.host;
        const std::string text = std::string(sample.text) + std::string(microsoft ? signature : "");
        INFO(sample.rule << ": " << text);
        seen.insert(sample.rule);
        const domain::Rejection whole = only_rejection(delivery_status(sample.server, text));
        check(sample, whole);
        CHECK(whole.host == sample.server.host);
        CHECK(whole.text == text);
        CHECK(whole.at == (microsoft ? 1'794'477'607 : 1'794'484'800));
        for (const std::size_t columns : {std::size_t{47}, std::size_t{58}, std::size_t{72}}) {
            INFO("folded at " << columns);
            check(sample, only_rejection(delivery_status(sample.server, folded(text, columns))));
        }
        // Without the host's name nothing says which list it is where the wording does not.
        check(sample, only_rejection(plain_notice(sample.server, text)), sample.server.host != hosted.host);
        const auto logged = in_log(sample.server, text);
        REQUIRE(logged);
        check(sample, *logged);
        CHECK(logged->host == sample.server.host);
    }
    for (const refusal::Row& row : refusal::table())
        CHECK(seen.contains(row.id));
}

TEST_CASE("refusal: the words that others use as well mean Microsoft's matters at Microsoft's servers only") {
    for (const Sample& sample : samples()) {
        const bool shared = sample.category != Category::ip_block && sample.category != Category::third_party_block;
        if (!shared || sample.server.host == stranger.host)
            continue;
        INFO(sample.text);
        const auto got = refusal::read({sample.text, {}, stranger.host, "example.net", {}}, {});
        CHECK(got.rule != sample.rule);
        CHECK_FALSE(got.list);
        CHECK(got.category != Category::tenant);
        CHECK(got.category != Category::ip_block);
    }
    CHECK(refusal::read({"554 5.7.1 Client host [192.0.2.10] blocked using Spamhaus", {}, stranger.host, "", {}}, {})
              .category == Category::third_party_block);
}

TEST_CASE("refusal: what looks like a block and is none") {
    for (const std::string_view text :
         {"550 5.7.1 Access denied.", "550 5.7.1 Message rejected.", "550 5.7.26 Unauthenticated mail is blocked.",
          "550 5.7.520 Access denied, Your organization does not allow external forwarding.",
          "451 4.4.4 Mail received as unauthenticated, incoming to a recipient domain configured in a hosted tenant "
          "which has no mail-enabled subscriptions. ATTR5",
          "550 5.6.211 Invalid MIME Content", "550 5.7.1 See http://www.openspf.net/Why?id=x&ip=192.0.2.10",
          "550 Blocked, see our block list.", "550 5.7.1 our block list (S3140)"}) {
        INFO(text);
        CHECK(read(text).category != Category::ip_block);
        CHECK_FALSE(read(text).ip);
    }
    CHECK(read("550 5.7.1 Access denied.").rule == "unclassified");
    CHECK(read("550 5.7.1 Access denied.").category == Category::other);
}

TEST_CASE("refusal: the refused address is the one that the wording names, and one that can be ours") {
    const auto blocked = [](std::string_view ip) {
        return "host mx.hotmail.com[104.47.8.33] said: 550 5.7.1 Unfortunately, messages from [" + std::string(ip) +
               "] weren't sent. Please contact your Internet service provider since part of their network is on our "
               "block list (S3140).";
    };
    CHECK(read(blocked("192.0.2.10")).ip == domain::parse_ip("192.0.2.10"));
    for (const std::string_view ip :
         {"10.0.0.1", "127.0.0.1", "104.47.8.33", "40.107.1.1", "2a01:111:f400::1", "999.1.1.1", "192.0.2", "::"}) {
        INFO(ip);
        CHECK_FALSE(read(blocked(ip)).ip);
    }
    domain::ReadingRules rules;
    rules.own_networks = {*domain::parse_network("192.0.2.0/28"), *domain::parse_network("40.107.1.0/24")};
    CHECK(read(blocked("192.0.2.10"), "", rules).ip == domain::parse_ip("192.0.2.10"));
    CHECK(read(blocked("40.107.1.1"), "", rules).ip == domain::parse_ip("40.107.1.1"));
    CHECK_FALSE(read(blocked("192.0.2.99"), "", rules).ip);
    CHECK(read(blocked("192.0.2.99"), "", rules).category == Category::ip_block);
}

TEST_CASE("refusal: a deferral that ended in giving up is a rate limit still") {
    const auto got = only_rejection(delivery_status(
        consumer, "451 4.7.650 The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation."));
    CHECK(got.category == Category::rate_limit);
    CHECK(got.status == "4.7.650");
}

TEST_CASE("refusal: what another server answered to Microsoft is not Microsoft's") {
    const auto got = only_rejection(
        "From: postmaster@customer.example\nTo: b+1@sender.example\nSubject: Undeliverable: News\nContent-Type: "
        "multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns;DB8PR06.eurprd06.prod.outlook.com\n\nFinal-Recipient: rfc822;user@example.net\n"
        "Action: failed\nStatus: 5.7.1\nRemote-MTA: dns;mx.example.net\n"
        "Diagnostic-Code: smtp;550 5.7.708 Service unavailable, access denied\n\n--b--\n");
    CHECK(got.category == Category::other);
    CHECK_FALSE(got.list);
}

TEST_CASE("refusal: a reply of several lines reads as one sentence") {
    const auto got = read("550-5.7.606 Access denied, banned\n550-5.7.606 sending IP [192.0.2.10]. To request\n"
                          "550 5.7.606 removal from this list please visit https://sender.office.com/");
    CHECK(got.rule == "o606");
    CHECK(got.ip == domain::parse_ip("192.0.2.10"));
    CHECK(read("550-Unfortunately, messages from [192.0.2.10]\n550-weren&#39;t sent. They are on our block\n550 list "
               "(S3140).")
              .code == "S3140");
}

TEST_CASE("refusal: text is compared without white space, escapes and case") {
    CHECK(refusal::normalized("Pleas e  CONTACT\r\n\tyour&nbsp;ISP") == "pleasecontactyourisp");
    CHECK(refusal::normalized("weren\xE2\x80\x99t weren&#x2019;t weren&rsquo;t weren\x92t") ==
          "weren'tweren'tweren'tweren't");
    CHECK(refusal::normalized("a&lt;b&gt; &#64; &#; &#xZZ; &") == "a<b>@&#;&#xzz;&");
    CHECK(refusal::normalized("550-5.7.1 a 550-5.7.1 b 550 5.7.1 c 551 d") == "550-5.7.1abc551d");
    CHECK(refusal::normalized_words("550 <spam@example.net>: see https://spam.example/virus no") == "550seeno");
}

TEST_CASE("refusal: who refused, and when") {
    CHECK(refusal::find_host("host Mx.Example.net[192.0.2.1] said: 550 no") == "mx.example.net");
    CHECK(refusal::find_host("... while talking to mx.example.net.: >>> DATA") == "mx.example.net");
    CHECK(refusal::find_host("192.0.2.7 does not like recipient. Remote host said: 550") == "192.0.2.7");
    CHECK(refusal::find_host("550 no") == "");
    CHECK(refusal::find_host("Remote host said[Response]: 550 no") == "");
    const auto signed_by =
        refusal::find_signature("550 x [A.JPNP286.PROD.OUTLOOK.COM 2026-11-12T09:04:02.679Z 08DC8850F12E1502] "
                                "[B.namprd04.prod.outlook.com 2026-11-12T09:04:09.743Z 08DC87B4931D8FD2]");
    REQUIRE(signed_by);
    CHECK(signed_by->host == "b.namprd04.prod.outlook.com");
    CHECK(signed_by->at == 1'794'474'249);
    REQUIRE(refusal::find_signature("x [A.eop-nam02.prod.protection.outlook.com]"));
    CHECK_FALSE(refusal::find_signature("x [mail-a.outbound.protection.outlook.com] is blocked"));
    CHECK_FALSE(refusal::find_signature("x [A.prod.outlook.com.example.net 2026-11-12T09:04:09.743Z 08DC]"));
    CHECK_FALSE(refusal::find_signature("x [A.prod.outlook.com 2026-13-12T09:04:09.743Z 08DC]")->at);

    CHECK(refusal::door_of_host("hotmail-com.olc.protection.outlook.com.") == refusal::Door::outlook_com);
    CHECK(refusal::door_of_host("mx3.hotmail.com") == refusal::Door::outlook_com);
    CHECK(refusal::door_of_host("x.mail.protection.outlook.com") == refusal::Door::office365);
    CHECK(refusal::door_of_host("x-y.a1.mx.microsoft") == refusal::Door::office365);
    CHECK(refusal::door_of_host("evil-protection.outlook.com.example") == refusal::Door::elsewhere);
    CHECK(refusal::door_of_host("notoutlook.com") == refusal::Door::elsewhere);
    CHECK(refusal::door_of_host("104.47.8.33") == refusal::Door::microsoft);
    CHECK(refusal::door_of_host("127.0.0.1") == refusal::Door::unknown);
    CHECK(refusal::door_of_domain("hotmail.co.uk") == refusal::Door::outlook_com);
    CHECK(refusal::door_of_domain("hotmail.example.com") == refusal::Door::unknown);
}

TEST_CASE("refusal: rules of one's own come first, and one with the id of a built-in rule replaces it") {
    domain::ReadingRules rules;
    rules.refusal_rules = {
        {"partner", Category::third_party_block, {}, R"(554denied\[{ip}\].*(?<code>pf\d+))"},
        {"o606", Category::other, List::office365, "bannedsendingip"},
    };
    const auto ours = read("554 Denied [192.0.2.10] by the filter of a partner, PF77", stranger.host, rules);
    CHECK(ours.rule == "partner");
    CHECK(ours.code == "PF77");
    CHECK_FALSE(ours.ip); // no ip-block
    CHECK(read("550 5.7.606 Access denied, banned sending IP [192.0.2.10]", hosted.host, rules).category ==
          Category::other);
    CHECK_THROWS_AS(refusal::Pattern("("), util::Fault);
}

TEST_CASE("refusal: a log tells of a rejection where the mail was not accepted") {
    domain::SentRecord record;
    record.recipient = {"user", "hotmail.com"};
    record.reply = "250 2.0.0 ok";
    CHECK_FALSE(refusal::read_record(record, {}));
    record.status = domain::SentStatus::deferred;
    record.at = 7;
    record.reply = "connect to mx.example.net[192.0.2.1]:25: Connection timed out";
    const auto got = refusal::read_record(record, {});
    REQUIRE(got);
    CHECK(got->category == Category::other);
    CHECK(got->at == 7);
    CHECK_FALSE(got->code);
}
