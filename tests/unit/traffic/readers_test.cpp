#include <catch2/catch.hpp>

#include "traffic/reader.hpp"
#include "traffic/syslog_line.hpp"

using namespace jmrp;
using domain::SentStatus;
using traffic::Reading;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600; // 2026-11-22 12:00 UTC

traffic::Context context() {
    traffic::Context out;
    out.zone = {false, 0};
    out.latest = noon;
    out.source_ips = {{"postfix-out1", *domain::parse_ip("192.0.2.7")},
                      {"out2", *domain::parse_ip("192.0.2.8")},
                      {"out1_smtp", *domain::parse_ip("192.0.2.9")},
                      {"vmta-1", *domain::parse_ip("192.0.2.10")},
                      {"mta9", *domain::parse_ip("192.0.2.11")}};
    return out;
}

Reading read(std::string_view format, std::string_view line, std::string_view first_line = {}) {
    const auto reader = traffic::find_format(format)->make(context());
    reader->begin(first_line.empty() ? line : first_line);
    return reader->read(line);
}

/// The one delivery that a line tells.
domain::SentRecord sent(const Reading& reading) {
    INFO((reading.trouble ? reading.trouble : ""));
    REQUIRE(reading.events.size() == 1);
    REQUIRE(std::holds_alternative<domain::SentRecord>(reading.events.front()));
    return std::get<domain::SentRecord>(reading.events.front());
}

domain::SentRecord postfix(const std::string& text, const std::string& tag = "postfix/smtp[123]") {
    return sent(read("postfix", "Nov 16 04:30:11 mta1 " + tag + ": 4XyZabcdefz1: " + text));
}

Reading postfix_reading(const std::string& text) {
    return read("postfix", "Nov 16 04:30:11 mta1 postfix/smtp[1]: 4XyZabcdefz1: " + text);
}

domain::SentRecord exim(const std::string& text) {
    return sent(read("exim", "2026-11-16 04:30:11 1vKbcd-0001ab-2C " + text));
}

std::string message_id(const Reading& reading) {
    REQUIRE(reading.events.size() == 1);
    return std::get<domain::SentName>(reading.events.front()).message_id;
}

constexpr const char* end = "delay=1.2, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 2.0.0 ok)";

} // namespace

TEST_CASE("postfix: a delivery tells queue id, recipient, relay, provider, time and reply") {
    const auto record = postfix(
        std::string("to=<u1@hotmail.com>, relay=hotmail-com.olc.protection.outlook.com[198.51.100.1]:25, ") + end);
    CHECK(record.queue_id == "4XyZabcdefz1");
    CHECK(record.server == "mta1");
    CHECK(record.recipient.text() == "u1@hotmail.com");
    CHECK(record.relay == "hotmail-com.olc.protection.outlook.com");
    CHECK(record.provider == "outlook.com");
    CHECK(record.status == SentStatus::accepted);
    CHECK(util::iso8601(record.at) == "2026-11-16T04:30:11Z");
    CHECK(record.reply == "250 2.0.0 ok");
    CHECK_FALSE(record.source_ip);
    CHECK_FALSE(record.message_id);
}

TEST_CASE("postfix: deferred and bounced are told apart, with and without a relay") {
    CHECK(postfix("to=<a@b.example>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (timed out)")
              .status == SentStatus::deferred);
    const auto bounced = postfix("to=<a@b.example>, relay=mx.b.example[2001:db8::1]:25, conn_use=3, delay=1, "
                                 "delays=1/0/0/0, dsn=5.1.1, status=bounced (host said: 550 no)",
                                 "postfix/lmtp[9]");
    CHECK(bounced.status == SentStatus::rejected);
    CHECK(bounced.relay == "mx.b.example");
    CHECK(postfix("to=<a@b.example>, relay=none, delay=1, delays=1/0/0/0, dsn=5.4.4, status=bounced (not found)",
                  "postfix/error[9]")
              .relay.empty());
}

TEST_CASE("postfix: what is delivered on this machine was sent to nobody") {
    for (const char* line :
         {"Nov 16 04:30:11 h postfix/local[1]: 4XyZabcdefz1: to=<a@b.example>, relay=local, delay=1, delays=1/0/0/0, "
          "dsn=2.0.0, status=sent (delivered to mailbox)",
          "Nov 16 04:30:11 h postfix/lmtp[1]: 4XyZabcdefz1: to=<a@b.example>, relay=h[private/dovecot-lmtp], delay=1, "
          "delays=1/0/0/0, dsn=2.0.0, status=sent (saved)",
          "Nov 16 04:30:11 h postfix/smtpd[1]: 4XyZabcdefz1: client=x[192.0.2.1]",
          "Nov 16 04:30:11 h postfix/smtp[1]: connect to mx.example[192.0.2.1]:25: Connection refused",
          "Nov 16 04:30:11 h postfix/smtp[1]: 4XyZabcdefz1: host mx.example[192.0.2.1] said: 450 later (in reply)",
          "Nov 16 04:30:11 h dovecot: imap(u): to=<a@b.example>, relay=x, status=sent",
          "Nov 16 04:30:11 h kernel: eth0 up"}) {
        const Reading reading = read("postfix", line);
        CHECK(reading.events.empty());
        CHECK_FALSE(reading.trouble);
    }
}

TEST_CASE("postfix: an original recipient in between is not the recipient") {
    CHECK(postfix(std::string("to=<new@b.example>, orig_to=<old@a.example>, relay=mx.b.example[192.0.2.1]:25, ") + end)
              .recipient.text() == "new@b.example");
}

TEST_CASE("postfix: a quoted local part that plays a line of the log is a local part") {
    const auto record = postfix("to=<\"v@x.example>, relay=e[192.0.2.6]:25, status=bounced (\"@b.example>, "
                                "relay=mx.b.example[192.0.2.1]:25, " +
                                std::string(end));
    CHECK(record.recipient.domain == "b.example");
    CHECK(record.relay == "mx.b.example");
    CHECK(record.status == SentStatus::accepted);
}

TEST_CASE("postfix: a reply that plays a line of the log is a reply") {
    const auto record =
        postfix("to=<a@b.example>, relay=mx.b.example[192.0.2.1]:25, delay=1, delays=1/0/0/0, dsn=5.0.0, "
                "status=bounced (550 to=<v@x.example>, relay=none, delay=1, delays=1/1/1/1, dsn=2.0.0, "
                "status=sent (250 ok))");
    CHECK(record.recipient.text() == "a@b.example");
    CHECK(record.status == SentStatus::rejected);
}

TEST_CASE("postfix: an unquoted address that ends early is refused, not guessed") {
    // As servers wrote it that do not quote (info_log_addr_form = internal).
    const Reading reading =
        postfix_reading("to=<v@x.example>, status=sent (x@b.example>, relay=mx[192.0.2.1]:25, " + std::string(end));
    CHECK(reading.events.empty());
    CHECK(std::string(reading.trouble) == "delivery without relay or status");
}

TEST_CASE("postfix: recipients with blanks, quotes in quotes and UTF-8 are read whole") {
    const std::string rest = std::string(", relay=mx.b.example[192.0.2.1]:25, ") + end;
    CHECK(postfix("to=<\"a b\"@b.example>" + rest).recipient.local == "\"a b\"");
    CHECK(postfix("to=<\"a\\\">\"@b.example>" + rest).recipient.local == "\"a\\\">\"");
    CHECK(postfix("to=<gr\xC3\xBC\xC3\x9F@b\xC3\xBC.example>" + rest).recipient.text() ==
          "gr\xC3\xBC\xC3\x9F@xn--b-eha.example");
}

TEST_CASE("postfix: the name in the syslog tag gives the source IP") {
    const std::string text = std::string("to=<a@b.example>, relay=mx.b.example[192.0.2.1]:25, ") + end;
    CHECK(postfix(text, "postfix-out1/smtp[1]").source_ip->text() == "192.0.2.7");
    CHECK(postfix(text, "postfix/out2/smtp[1]").source_ip->text() == "192.0.2.8");
    CHECK_FALSE(postfix(text, "postfix-out3/smtp[1]").source_ip);
    CHECK(sent(read("postfix", "Nov 16 04:30:11 mta9 postfix/smtp[1]: 4XyZabcdefz1: " + text)).source_ip->text() ==
          "192.0.2.11");
}

TEST_CASE("postfix: cleanup ties a queue id to a Message-ID, and qmgr ends it") {
    const auto cleanup = [](const std::string& id) {
        return message_id(read("postfix", "Nov 16 04:30:11 h postfix/cleanup[1]: A1B2C3: message-id=" + id));
    };
    CHECK(cleanup("<a@b.example>") == "a@b.example");
    CHECK(cleanup("no-brackets@b.example") == "no-brackets@b.example");
    CHECK(cleanup("<folded? 4711@b.example>") == "folded?4711@b.example");
    CHECK(cleanup("<>").empty());
    CHECK(cleanup("").empty());
    CHECK(cleanup("<x>, to=<v@x.example>, relay=none, status=sent (") == "x");
    const Reading removed = read("postfix", "Nov 16 04:30:11 h postfix/qmgr[1]: A1B2C3: removed");
    REQUIRE(removed.events.size() == 1);
    CHECK(std::get<domain::SentEnd>(removed.events.front()).queue_id == "A1B2C3");
    CHECK(read("postfix", "Nov 16 04:30:11 h postfix/cleanup[1]: A1B2C3: resent-message-id=<a@b>").events.empty());
}

TEST_CASE("postfix: every way to write the time is read") {
    const auto at = [](const std::string& stamp) {
        return util::iso8601(sent(read("postfix", stamp +
                                                      " mta1 postfix/smtp[1]: A1B2C3: to=<a@b.example>, "
                                                      "relay=mx[192.0.2.1]:25, " +
                                                      end))
                                 .at);
    };
    CHECK(at("Nov  6 04:30:11") == "2026-11-06T04:30:11Z");
    CHECK(at("<22>Nov 16 04:30:11") == "2026-11-16T04:30:11Z");
    CHECK(at("2026-11-16T04:30:11.123456+01:00") == "2026-11-16T03:30:11Z");
    CHECK(at("2026-11-16T04:30:11+0545") == "2026-11-15T22:45:11Z");
    CHECK(at("2026-11-16T04:30:11Z") == "2026-11-16T04:30:11Z");
    CHECK(at("2026-11-16T04:30:11") == "2026-11-16T04:30:11Z");
    CHECK(at("Dec 31 23:59:59") == "2025-12-31T23:59:59Z"); // of last year: the file is of November
    CHECK(at("Nov 23 11:00:00") == "2026-11-23T11:00:00Z"); // a clock may be ahead
    CHECK(at("Feb 29 11:00:00") == "2024-02-29T11:00:00Z");
}

TEST_CASE("postfix: with the year said the log begins in it and goes on into the next") {
    traffic::Context with_year = context();
    with_year.year = 2024;
    const auto reader = traffic::make_postfix_reader(with_year);
    reader->begin("Dec 30 10:00:00 h postfix/smtp[1]: whatever");
    const auto at = [&](const std::string& stamp) {
        return util::iso8601(
            sent(reader->read(stamp + " h postfix/smtp[1]: A1B2C3: to=<a@b.example>, relay=mx[192.0.2.1]:25, " + end))
                .at);
    };
    CHECK(at("Dec 30 10:00:01") == "2024-12-30T10:00:01Z");
    CHECK(at("Jan  2 10:00:00") == "2025-01-02T10:00:00Z");
}

TEST_CASE("postfix: local time is that of the process") {
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
    traffic::Context local = context();
    local.zone = {};
    const auto reader = traffic::make_postfix_reader(local);
    const auto at = [&](const std::string& stamp) {
        return util::iso8601(
            sent(reader->read(stamp + " h postfix/smtp[1]: A1B2C3: to=<a@b.example>, relay=mx[192.0.2.1]:25, " + end))
                .at);
    };
    CHECK(at("Nov 16 04:30:11") == "2026-11-16T03:30:11Z");
    CHECK(at("Jul 16 04:30:11") == "2026-07-16T02:30:11Z");
    ::unsetenv("TZ");
    ::tzset();
}

TEST_CASE("postfix: lines of something else and broken ones are told by kind") {
    CHECK(std::string(read("postfix", "nonsense").trouble) == "no time stamp and program");
    CHECK(std::string(read("postfix", "Nov 31 04:30:11 h postfix/smtp[1]: x").trouble) == "no time stamp and program");
    CHECK(std::string(postfix_reading("to=<a@b.example").trouble) == "recipient without an end");
    CHECK(std::string(postfix_reading(std::string("to=<nobody>, relay=mx[192.0.2.1]:25, ") + end).trouble) ==
          "recipient that is no address");
    CHECK_FALSE(read("postfix", "").trouble);
}

TEST_CASE("exim: a delivery tells id, recipient, relay, own address and reply") {
    const auto record =
        exim("=> u@example.com F=<b@sender.example> P=<b@sender.example> R=dnslookup T=remote_smtp S=512 "
             "H=MX.example.com [198.51.100.1]:25 I=[192.0.2.1]:40000 X=TLS1.3:ECDHE_X25519:256 CV=yes "
             "DN=\"CN=mx.example.com, O=x y\" K C=\"250 2.0.0 \\\"ok\\\" H=evil [192.0.2.66]\" QT=1s DT=0s");
    CHECK(record.queue_id == "1vKbcd-0001ab-2C");
    CHECK(record.recipient.text() == "u@example.com");
    CHECK(record.relay == "mx.example.com");
    CHECK(record.source_ip->text() == "192.0.2.1");
    CHECK(record.status == SentStatus::accepted);
    CHECK(record.reply.starts_with("\"250 2.0.0"));
    CHECK(util::iso8601(record.at) == "2026-11-16T04:30:11Z");
}

TEST_CASE("exim: further recipients, failures and deferrals") {
    CHECK(exim("-> second@example.com <alias@a.example> R=r T=out1_smtp H=mx [198.51.100.1]").source_ip->text() ==
          "192.0.2.9");
    CHECK(exim(">> second@example.com R=r T=remote_smtp H=mx [198.51.100.1]").status == SentStatus::accepted);
    const auto failed =
        exim("** u@example.com <alias@a.example> R=r T=remote_smtp H=mx.example.com [198.51.100.1]: SMTP "
             "error from remote mail server after RCPT TO:<x@y>: 550 H=evil.example [192.0.2.66]");
    CHECK(failed.status == SentStatus::rejected);
    CHECK(failed.relay == "mx.example.com");
    CHECK(exim("** u@example.com: Unrouteable address").relay.empty());
    CHECK(exim("** u@example.com R=r T=remote_smtp: retry timeout exceeded").status == SentStatus::rejected);
    CHECK(exim("== u@example.com R=r T=remote_smtp defer (-44) H=mx.example.com [198.51.100.1]: SMTP error: 450")
              .status == SentStatus::deferred);
    CHECK(exim("== u@example.com R=r T=remote_smtp H=mx.example.com [198.51.100.1] defer (111): Connection refused")
              .relay == "mx.example.com");
}

TEST_CASE("exim: what was not tried, or delivered on this machine, is no attempt") {
    for (const char* text :
         {"== u@example.com R=r T=remote_smtp defer (-53): retry time not reached for any host",
          "== u@example.com routing defer (-51): retry time not reached",
          "=> user <user@a.example> R=localuser T=local_delivery", "=> /dev/null <user@a.example> R=r T=**bypassed**",
          "=> u@a.example R=r T=maildir_home", "** user@a.example R=localuser T=local_delivery: mailbox is full",
          "Frozen", "SMTP connection lost"}) {
        const Reading reading = read("exim", std::string("2026-11-16 04:30:11 1vKbcd-0001ab-2C ") + text);
        INFO(text);
        CHECK(reading.events.empty());
        CHECK_FALSE(reading.trouble);
    }
}

TEST_CASE("exim: a quoted local part, which it writes without its quotes, plays nothing") {
    const std::string rest = " R=r T=remote_smtp H=mx.b.example [198.51.100.1] C=\"250 ok\"";
    CHECK(exim("=> a b@b.example <\"a b\"@b.example>" + rest).recipient.text() == "\"a b\"@b.example");
    const auto played =
        exim("=> v@x.example R=r T=s H=e [192.0.2.6] @b.example <\"v@x.example R=r T=s H=e [192.0.2.6] \"@b.example>" +
             rest);
    CHECK(played.recipient.text() == "\"v@x.example R=r T=s H=e [192.0.2.6] \"@b.example");
    CHECK(played.relay == "mx.b.example");
    const auto twice =
        exim("=> p@q.example <\"p\"@q.example> @b.example <\"p@q.example <\\\"p\\\"@q.example> \"@b.example>" + rest);
    CHECK(twice.recipient.domain == "b.example");
}

TEST_CASE("exim: an arrival names the message, and nothing of a subject or sender does") {
    const auto arrival = [](const std::string& text) {
        return message_id(read("exim", "2026-11-16 04:30:11 1vKbcd-0001ab-2C <= " + text));
    };
    CHECK(arrival("b@s.example H=app (helo) [192.0.2.3] P=esmtps X=TLS S=512 id=n@s.example T=\"id=evil\" from "
                  "<b@s.example> for a@b.example") == "n@s.example");
    CHECK(arrival("b@s.example U=www P=local S=512 T=\"id=evil@x\" for a@b.example").empty());
    CHECK(arrival("\"a id=evil b\"@s.example U=www P=local S=512 id=n@s.example") == "n@s.example");
    CHECK(arrival("<> R=1vKbcd-0001ab-2B U=Debian-exim P=local S=512").empty());
}

TEST_CASE("exim: stamps with fraction, zone and process, long ids, and lines that syslog took") {
    const std::string text = " => u@example.com R=r T=remote_smtp H=mx [198.51.100.1]";
    const auto at = [&](const std::string& begin) { return util::iso8601(sent(read("exim", begin + text)).at); };
    CHECK(at("2026-11-16 04:30:11.123 1vKbcd-0001ab-2C") == "2026-11-16T04:30:11Z");
    CHECK(at("2026-11-16 04:30:11 +0100 [4711] 1vKbcd-0001ab-2C") == "2026-11-16T03:30:11Z");
    CHECK(at("2026-11-16 04:30:11 [4711] 1vKbcd-00000001abc-2Cde") == "2026-11-16T04:30:11Z");
    CHECK(at("Nov 16 04:30:12 mta1 exim[4711]: 2026-11-16 04:30:11 1vKbcd-0001ab-2C") == "2026-11-16T04:30:11Z");
    CHECK(at("Nov 16 04:30:12 mta1 exim[4711]: 1vKbcd-0001ab-2C") == "2026-11-16T04:30:12Z");
    const Reading done = read("exim", "2026-11-16 04:30:11 1vKbcd-0001ab-2C Completed");
    CHECK(std::holds_alternative<domain::SentEnd>(done.events.at(0)));
    CHECK(read("exim", "2026-11-16 04:30:11 Start queue run: pid=1").events.empty());
    CHECK(std::string(read("exim", "nonsense").trouble) == "no time stamp");
}

TEST_CASE("csv: columns by name in any order, with a byte order mark, quotes and a status of its own") {
    const std::string header = "\xEF\xBB\xBFStatus,Recipient,\"Message-ID\",date,source_ip,relay,note";
    CHECK_FALSE(read("csv", header).trouble);
    const auto record = sent(read(
        "csv", "bounced,\"a@b.example\",<\"\"x\"\"@s.example>,2026-11-16T04:30:11Z,192.0.2.1,MX.b.example,\"1,2\n3\"",
        header));
    CHECK(record.status == SentStatus::rejected);
    CHECK(record.recipient.text() == "a@b.example");
    CHECK(record.message_id == "\"\"x\"\"@s.example");
    CHECK(record.queue_id == record.message_id); // no other id
    CHECK(record.source_ip->text() == "192.0.2.1");
    CHECK(record.relay == "mx.b.example");
    CHECK(record.provider == "other");
    CHECK(std::string(read("csv", "perhaps,a@b.example,x,1795305600,,,", header).trouble) == "status that is none");
    CHECK(std::string(read("csv", "sent,a@b.example,x,yesterday,,,", header).trouble) == "time that is none");
    CHECK(std::string(read("csv", "sent,nobody,x,1795305600,,,", header).trouble) == "recipient that is no address");
    CHECK(std::string(read("csv", "sent,a@b.example,,1795305600,,,", header).trouble) == "no id");
    CHECK(std::string(read("csv", "sent,\"a@b.example,x,1795305600,,,", header).trouble) == "quote that is not closed");
    CHECK(read("csv", "one,two").trouble);
}

TEST_CASE("powermta: accounting files by the names of their columns and the three forms of time") {
    const std::string header =
        "type,timeLogged,orig,rcpt,dsnStatus,dsnDiag,dsnMta,dlvSourceIp,vmta,jobId,envId,header_Message-Id";
    CHECK_FALSE(read("powermta", header).trouble);
    const auto at = [&](const std::string& time) {
        return util::iso8601(sent(read("powermta", "d," + time + ",b@s.example,a@b.example,,,,,,j,e,", header)).at);
    };
    CHECK(at("2026-11-16 04:30:11+0000") == "2026-11-16T04:30:11Z");
    CHECK(at("11/16/2026 04:30:11+0100") == "2026-11-16T03:30:11Z");
    CHECK(at("1794803411") == "2026-11-16T04:30:11Z");
    const auto bounced =
        sent(read("powermta",
                  "b,1794803411,b@s.example,a@b.example,5.1.1,smtp;550 no,b-example.mail.protection.outlook.com "
                  "(198.51.100.1),192.0.2.1,vmta-1,job,,<n@s.example>",
                  header));
    CHECK(bounced.status == SentStatus::rejected);
    CHECK(bounced.provider == "office365");
    CHECK(bounced.source_ip->text() == "192.0.2.1");
    CHECK(bounced.message_id == "n@s.example");
    CHECK(bounced.queue_id == "n@s.example");
    const auto put_off =
        sent(read("powermta", "t,1794803411,b@s.example,a@b.example,4.0.0,,dns;mx.b.example,,vmta-1,job,env,", header));
    CHECK(put_off.status == SentStatus::deferred);
    CHECK(put_off.relay == "mx.b.example");
    CHECK(put_off.source_ip->text() == "192.0.2.10");
    CHECK(put_off.queue_id == "env");
    CHECK(read("powermta", "f,1794803411,b@s.example,a@b.example,,,,,,,,", header).events.empty());
}

TEST_CASE("kumomta: one record for each recipient, times in both forms, addresses with ports") {
    const std::string common =
        R"("id":"d7ef132b5d7711eea8c8000c29c33806","sender":"b@s.example","headers":{"message-id":"<n@s.example>"},)"
        R"("peer_address":{"name":"mx1.hotmail.com.","addr":"198.51.100.1"},"response":{"code":250,"content":"ok"},)";
    const Reading two = read(
        "kumomta",
        "{\"type\":\"Delivery\"," + common +
            R"("recipient":["a@b.example","c@d.example"],"timestamp":1794803411,"source_address":{"address":"192.0.2.1:51234"}})");
    REQUIRE(two.events.size() == 2);
    const auto first = std::get<domain::SentRecord>(two.events[0]);
    CHECK(first.provider == "outlook.com");
    CHECK(first.message_id == "n@s.example");
    CHECK(first.source_ip->text() == "192.0.2.1");
    CHECK(std::get<domain::SentRecord>(two.events[1]).recipient.text() == "c@d.example");
    const auto later = sent(read(
        "kumomta", "{\"type\":\"TransientFailure\"," + common +
                       R"("recipient":"a@b.example","event_time":"2026-11-16T04:30:11.5Z","egress_source":"vmta-1"})"));
    CHECK(later.status == SentStatus::deferred);
    CHECK(util::iso8601(later.at) == "2026-11-16T04:30:11Z");
    CHECK(later.source_ip->text() == "192.0.2.10");
    const auto v6 = sent(read(
        "kumomta",
        "{\"type\":\"Bounce\"," + common +
            R"("recipient":"a@b.example","timestamp":1794803411.5,"source_address":{"address":"[2001:db8::1]:25"}})"));
    CHECK(v6.source_ip->text() == "2001:db8::1");
    CHECK(read("kumomta", R"({"type":"Reception","id":"x"})").events.empty());
    CHECK_FALSE(read("kumomta", R"({"type":"Reception","id":"x"})").trouble);
    CHECK(std::string(read("kumomta", "[1]").trouble) == "no JSON object");
    CHECK(std::string(read("kumomta", "{\"type\":\"Delivery\",\"id\":7,\"timestamp\":1e300}").trouble) ==
          "time that is none");
}

TEST_CASE("syslog: lines of one minute are dated as if each stood alone") {
    const char* lines[] = {"2026-11-16T04:30:11.123456+00:00 h a/smtp[1]: x",
                           "2026-11-16T04:30:59+00:00 h a/smtp[1]: x",
                           "2026-11-16T04:30:12.5+01:00 h a/smtp[1]: x",
                           "2026-11-16T04:30:12Z h a/smtp[1]: x",
                           "2026-11-16T04:30:12 h a/smtp[1]: x",
                           "2026-11-16T04:30:12 +0100 h a/smtp[1]: x",
                           "2026-11-16T04:30:13 h a/smtp[1]: x",
                           "2026-11-16 04:30:13 h a/smtp[1]: x",
                           "2026-11-16 04:30:60 h a/smtp[1]: x",
                           "2026-11-16 04:31:60 h a/smtp[1]: x",
                           "Nov 16 04:30:11 h a/smtp[1]: x",
                           "Nov 16 04:30:60 h a/smtp[1]: x",
                           "Nov 16 04:30:12.25 h a/smtp[1]: x",
                           "Nov 16 04:30:1 h a/smtp[1]: x",
                           "Nov 16 04:30:61 h a/smtp[1]: x",
                           "Nov  6 04:30:12 h a/smtp[1]: x",
                           "Nov 16 04:30:12+0100 h a/smtp[1]: x",
                           "Nov 16 04:30:",
                           "Nov 16 04:30:12 +host a/smtp[1]: x",
                           "Nov 16 04:30:12. h a/smtp[1]: x"};
    for (const char* before : lines) {
        for (const char* line : lines) {
            traffic::SyslogClock used(context());
            used.read(before);
            traffic::SyslogClock fresh(context());
            const auto expected = fresh.read(line);
            const auto got = used.read(line);
            INFO(before << "\n" << line);
            REQUIRE(got.has_value() == expected.has_value());
            if (got) {
                CHECK(got->at == expected->at);
                CHECK(got->host == expected->host);
                CHECK(got->text == expected->text);
            }
        }
    }
}

TEST_CASE("zone: names and offsets, and nothing else") {
    CHECK(traffic::parse_zone("local")->local);
    CHECK(traffic::parse_zone("utc")->offset_seconds == 0);
    CHECK(traffic::parse_zone("+0100")->offset_seconds == 3600);
    CHECK(traffic::parse_zone("-03:30")->offset_seconds == -12600);
    CHECK_FALSE(traffic::parse_zone("Europe/Berlin"));
    CHECK_FALSE(traffic::parse_zone("+01"));
}
