// What proves a bounce, and what follows from it: from bytes to the settlement.
#include <catch2/catch.hpp>

#include "attribute/token.hpp"
#include "ingest/interpret.hpp"
#include "ingest/judge.hpp"

using namespace jmrp;
using domain::BounceProof;
using domain::Disposition;

namespace {

constexpr util::Seconds noon = 1794477600 + 3600;

/// The send log of a test: what it answers for one Message-ID and one queue id.
class Log : public domain::SendLog {
  public:
    std::vector<domain::SentMatch> matches;

    std::vector<domain::SentMatch> by_message_id(std::string_view id, std::optional<util::Seconds>,
                                                 std::size_t) const override {
        return id == "n1@sender.example" ? matches : std::vector<domain::SentMatch>{};
    }
    std::vector<domain::SentMatch> by_queue_id(std::string_view, std::optional<util::Seconds>,
                                               std::size_t) const override {
        return {};
    }
};

constexpr const char* block = "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your "
                              "Internet service provider since part of their network is on our block list (S3140).";
constexpr const char* gone = "550 5.5.0 Requested action not taken: mailbox unavailable";

std::string bounce(const std::string& reply, const std::string& to = "bounces@sender.example",
                   const std::string& status = "5.7.1", const std::string& action = "failed",
                   const std::string& original = "") {
    return "From: MAILER-DAEMON@mail.sender.example (Mail Delivery System)\nTo: " + to +
           "\nSubject: Undelivered Mail Returned to Sender\nDate: Thu, 12 Nov 2026 10:00:09 +0000\nMIME-Version: 1.0\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: "
           "text/plain\n\n"
           "This is the mail system.\n\n--b\nContent-Type: message/delivery-status\n\n"
           "Reporting-MTA: dns; mail.sender.example\n\nFinal-Recipient: rfc822; ann@hotmail.com\nAction: " +
           action + "\nStatus: " + status +
           "\nRemote-MTA: dns; hotmail-com.olc.protection.outlook.com\nDiagnostic-Code: smtp; " + reply +
           "\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: news@sender.example\nMessage-ID: "
           "<n1@sender.example>\n" +
           original + "\n--b--\n";
}

struct Setup {
    domain::ReadingRules reading;
    domain::Policy policy;
    Log log;

    Setup() {
        reading.own_domains = policy.own_domains = {"sender.example"};
        reading.own_networks = {*domain::parse_network("192.0.2.0/24")};
    }
    void knows(const char* recipient, const char* provider = "outlook.com") {
        log.matches.push_back({*domain::parse_address(recipient), provider, domain::parse_ip("192.0.2.77"), noon - 100,
                               domain::SentStatus::rejected});
    }
    domain::Settlement settle(const std::string& bytes) const {
        auto read = ingest::interpret(bytes, reading, {noon, {}, &log});
        kept = read.sent;
        return ingest::judge(std::move(read.reading), {policy, reading.own_networks, noon, {}});
    }
    domain::Bounced row(const std::string& bytes) const { return settle(bytes).bounce->recipients.at(0); }

    mutable std::optional<domain::SentEvidence> kept;
};

} // namespace

TEST_CASE("bounce: a stranger's proves nothing, and says what to ask the send log later") {
    const Setup setup;
    const domain::Settlement out = setup.settle(bounce(block));
    CHECK(out.disposition == Disposition::bounce_unverified);
    REQUIRE(out.bounce->recipients.size() == 1);
    const domain::Bounced& row = out.bounce->recipients[0];
    CHECK(row.proof == BounceProof::none);
    CHECK(row.refused.code == "S3140");
    CHECK(row.address_key == "ann@hotmail.com");
    CHECK(out.bounce->unproven->message_id == "n1@sender.example");
    CHECK_FALSE(setup.kept);
}

TEST_CASE("bounce: the send log proves it where it has this recipient, and what it said is kept") {
    Setup setup;
    setup.knows("bob@hotmail.com");
    CHECK(setup.row(bounce(block)).proof == BounceProof::none);
    CHECK_FALSE(setup.kept); // of others nothing is kept
    setup.knows("Ann@hotmail.com");
    const domain::Settlement out = setup.settle(bounce(block));
    CHECK(out.disposition == Disposition::bounce);
    CHECK(out.bounce->recipients[0].proof == BounceProof::send_log);
    CHECK_FALSE(out.bounce->unproven);
    REQUIRE(setup.kept);
    CHECK(setup.kept->by_message_id.size() == 1);
    domain::Facts facts;
    facts.sent = setup.kept;
    const auto again = ingest::interpret(bounce(block), setup.reading, {noon, facts, nullptr});
    CHECK(std::get<domain::Bounce>(again.reading.what).recipients[0].proof == BounceProof::send_log);
}

TEST_CASE("bounce: the address is the one in the text, else the one it left from to these very servers") {
    Setup setup;
    setup.knows("ann@hotmail.com");
    CHECK(setup.row(bounce(block)).refused.ip->text() == "192.0.2.10");
    const char* nameless = "550 SC-001 Mail rejected by Windows Live Hotmail for policy reasons.";
    CHECK(setup.row(bounce(nameless)).refused.ip->text() == "192.0.2.77");
    setup.log.matches.clear();
    setup.knows("ann@hotmail.com", "other"); // by way of somebody, whose address was refused
    CHECK_FALSE(setup.row(bounce(nameless)).refused.ip);
}

TEST_CASE("bounce: a return path of ours that was made for the recipient proves it, where own domains say it is ours") {
    Setup setup;
    CHECK(setup.row(bounce(block, "bounces+ann=hotmail.com@sender.example")).proof == BounceProof::verp);
    CHECK(setup.row(bounce(block, "bounces+bob=hotmail.com@sender.example")).proof == BounceProof::none);
    CHECK(setup.row(bounce(block, "bounces+ann=hotmail.com@stranger.example")).proof == BounceProof::none);
    setup.reading.own_domains.clear();
    CHECK(setup.row(bounce(block, "bounces+ann=hotmail.com@sender.example")).proof == BounceProof::none);
}

TEST_CASE("bounce: its time is that of the refusal, never later than its receipt") {
    const Setup setup;
    const std::string sign = " [DB8EUR05FT012.eop-eur05.prod.protection.outlook.com ";
    const util::Seconds ten = 1794477600;
    CHECK(setup.row(bounce(block + sign + "2026-11-12T10:00:07.123Z 08DD0123456789AB]")).at == ten + 7);
    CHECK(setup.row(bounce(block)).at == ten + 9);
    CHECK(setup.row(bounce(block + sign + "2036-11-12T10:00:07.123Z 08DD0123456789AB]")).at == noon);
}

TEST_CASE("bounce: it suppresses where policy says so, the mailbox is gone for good, and it is proven") {
    Setup setup;
    setup.knows("ann@hotmail.com");
    const auto ends = [&](const std::string& bytes) { return setup.settle(bytes).disposition; };
    const std::string permanent = bounce(gone, "bounces@sender.example", "5.5.0");
    CHECK(ends(permanent) == Disposition::bounce);
    setup.policy.suppress_bounces = true;
    CHECK(ends(permanent) == Disposition::bounce_suppressed);
    REQUIRE(setup.settle(permanent).bounce->suppress.size() == 1);
    CHECK(domain::key_of(setup.settle(permanent).bounce->suppress[0]) == "ann@hotmail.com");
    CHECK(ends(bounce(block)) == Disposition::bounce);
    CHECK(
        ends(bounce("451 4.7.650 The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation.",
                    "b@sender.example", "4.7.650")) == Disposition::bounce);
    CHECK(ends(bounce("552 5.2.2 mailbox full", "b@sender.example", "5.2.2")) == Disposition::bounce);
    CHECK(ends(bounce("550 5.7.515 Access denied, sending domain sender.example does not meet the required "
                      "authentication level.")) == Disposition::bounce);
    CHECK(ends(bounce(gone, "b@sender.example", "5.5.0", "delayed")) == Disposition::bounce);
    CHECK(ends(bounce("450 4.1.1 user unknown", "b@sender.example", "4.1.1")) == Disposition::bounce);
    setup.policy.own_addresses = {*domain::parse_address("ann@hotmail.com")};
    CHECK(ends(permanent) == Disposition::bounce);
    setup.policy.own_addresses.clear();
    setup.log.matches.clear();
    CHECK(ends(permanent) == Disposition::bounce_unverified);
}
