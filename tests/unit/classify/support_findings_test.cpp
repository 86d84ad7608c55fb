#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "classify/support_findings.hpp"
#include "ingest/interpret.hpp"

using namespace jmrp;
using Outcome = domain::MitigationOutcome;

namespace {

struct Found {
    Outcome outcome;
    std::vector<std::string> networks;

    bool operator==(const Found&) const = default;
};

domain::SupportReply reply(const std::string& body, const std::string& type = "text/plain",
                           const std::string& subject = "RE: SRX1303529797ID - Outlook.com") {
    const auto reading = ingest::interpret(
        "From: Support <x@css.one.microsoft.com>\nTo: postmaster@sender.example\nSubject: " + subject +
            "\nContent-Type: " + type + "\n\n" + body,
        {});
    const auto* found = std::get_if<domain::SupportReply>(&reading.what);
    REQUIRE(found);
    return *found;
}

std::vector<Found> findings(const std::string& body, const std::string& type = "text/plain") {
    std::vector<Found> out;
    for (const domain::MitigationFinding& finding : reply(body, type).findings) {
        out.push_back({finding.outcome, {}});
        for (const domain::Network& network : finding.networks)
            out.back().networks.push_back(network.short_text());
    }
    return out;
}

using All = std::vector<Found>;

struct Sample {
    Outcome outcome;
    std::string_view text;
};
const std::vector<Sample> samples = {
    {Outcome::not_qualified, "Not qualified for mitigation"},
    {Outcome::not_qualified, "Our investigation has determined that the above IP(s) do not qualify for mitigation."},
    {Outcome::not_qualified, "Your IP is not eligible for mitigation at this time."},
    {Outcome::not_qualified, "The IP is not eligible for unblocking."},
    {Outcome::not_qualified, "These IPs do not qualify for conditional mitigation."},
    {Outcome::refused_cause, "We have found a pattern of irregular mail traffic from your network."},
    {Outcome::conditionally_mitigated, "Conditionally mitigated"},
    {Outcome::conditionally_mitigated, "The above IP(s) qualify for conditional mitigation."},
    {Outcome::conditionally_mitigated, "Bedingte Entblockung"},
    {Outcome::mitigated, "I have implemented mitigation for your IP and this process may take 24 - 48 hours."},
    {Outcome::mitigated, "Mitigated"},
    {Outcome::removed, "Your IP has been reviewed and removed from our block lists."},
    {Outcome::nothing_detected, "We were unable to identify anything on our side that would prevent your mail."},
    {Outcome::nothing_detected, "I do not see anything offhand with your IP."},
    {Outcome::nothing_detected, "Nothing was detected"},
    {Outcome::nothing_detected, "The IP address in question is not currently blocked."},
    {Outcome::more_info, "More information needed"},
    {Outcome::more_info, "Please provide us with the volume that you expect each day."},
    {Outcome::content, "Your mail is filtered by SmartScreen."},
    {Outcome::content, "Senders cannot be whitelisted."},
    {Outcome::use_portal, "Please use https://sender.office.com to be removed."},
    {Outcome::ack_agent, "I work along with the Escalations Team."},
    {Outcome::ack_agent, "We will be looking into this issue."},
    {Outcome::ack_agent, "For your reference this ticket is being tracked."},
    {Outcome::ack, "Your ticket number is in the subject line of this mail."},
    {Outcome::ack, "Thank you for your delisting request. Errors are unlikely."},
    {Outcome::ack, "Thank you for contacting the Outlook.com Deliverability Support."},
    {Outcome::ack, "Service Request #: 1303529797"},
    {Outcome::unknown, "Wir haben Ihre Anfrage erhalten."},
    {Outcome::unknown, "We have removed the block."}, // nobody saw them write so
};

} // namespace

TEST_CASE("classify: each sentence of the support comes to its outcome, folded and in HTML as well") {
    for (const Sample& sample : samples) {
        INFO(sample.text);
        const std::string text(sample.text);
        CHECK(findings("Hello,\n\n" + text + "\n") == All{{sample.outcome, {}}});
        CHECK(findings("Hello, 192.0.2.10:\n\n" + text + "\n\nRegards\n") == All{{sample.outcome, {"192.0.2.10"}}});
        CHECK(findings("<html><p>Hello,</p><p><b>" + text + "</b></p></html>", "text/html") ==
              All{{sample.outcome, {}}});
        const std::size_t blank = text.find(' ', text.size() / 2);
        if (blank != std::string::npos)
            CHECK(findings("Hello,\n" + text.substr(0, blank) + "\r\n" + text.substr(blank + 1) + "\n") ==
                  All{{sample.outcome, {}}});
    }
}

TEST_CASE("classify: an answer is read section by section, with addresses alone, in lists and as networks") {
    CHECK(findings("We have completed reviewing the IP(s) you submitted. The following table contains the results.\n\n"
                   "Not qualified for mitigation\n192.0.2.10; 192.0.2.11;\n"
                   "Our investigation has determined that the above IP(s) do not qualify for mitigation.\n\n"
                   "Conditionally mitigated\n198.51.100.0/28\n"
                   "Our investigation has determined that the above IP(s) qualify for conditional mitigation.\n\n"
                   "Mitigated:\n2001:db8:25::10\n\n"
                   "Nothing was detected\n\n"
                   "Please note that it may take 24 - 48 hours.\n") ==
          All{{Outcome::not_qualified, {"192.0.2.10", "192.0.2.11"}},
              {Outcome::conditionally_mitigated, {"198.51.100.0/28"}},
              {Outcome::mitigated, {"2001:db8:25::10"}},
              {Outcome::nothing_detected, {}}});
    CHECK(findings("<table><tr><td>Mitigated</td></tr><tr><td>192.0.2.10</td></tr><tr><td>Not qualified for "
                   "<span>mitigation</span></td></tr><tr><td>192.0.2.11</td></tr></table>",
                   "text/html") == All{{Outcome::mitigated, {"192.0.2.10"}}, {Outcome::not_qualified, {"192.0.2.11"}}});
    CHECK(findings("192.0.2.10 - Mitigated\n192.0.2.11 - Not qualified for mitigation\n") ==
          All{{Outcome::mitigated, {"192.0.2.10"}}, {Outcome::not_qualified, {"192.0.2.11"}}});
    CHECK(findings("We have implemented mitigation for your IP (192.0.2.10).\n\nHowever 192.0.2.11 is not eligible for "
                   "mitigation.\n") ==
          All{{Outcome::mitigated, {"192.0.2.10"}}, {Outcome::not_qualified, {"192.0.2.11"}}});
}

TEST_CASE("classify: where sections cannot be told apart the refusal holds") {
    CHECK(findings("We have implemented mitigation for some of your IPs.\nThe others do not qualify for mitigation.\n"
                   "192.0.2.10\n192.0.2.11\n") == All{{Outcome::not_qualified, {"192.0.2.10", "192.0.2.11"}}});
    CHECK(findings("Not qualified for mitigation\n192.0.2.10\n\nMitigated\n\n") ==
          All{{Outcome::not_qualified, {"192.0.2.10"}}}); // an empty row
    CHECK(findings("IP: (192.0.2.10) You will hear from us once we have implemented mitigation.\n") ==
          All{{Outcome::unknown, {"192.0.2.10"}}});
    CHECK(findings("The IP was not\nmitigated\n") == All{{Outcome::unknown, {}}});
    CHECK(findings("It was conditionally\nmitigated\n") == All{{Outcome::conditionally_mitigated, {}}});
    CHECK(findings("192.0.2.10 was not conditionally mitigated.\n") == All{{Outcome::unknown, {"192.0.2.10"}}});
}

TEST_CASE("classify: a verdict outranks the receipt and the advice beside it") {
    CHECK(
        findings("Thank you for contacting the Outlook.com Deliverability Support. I work along with the Escalations "
                 "Team. We have implemented mitigation for 192.0.2.10. SmartScreen learns; see sender.office.com.\n") ==
        All{{Outcome::mitigated, {"192.0.2.10"}}});
}

TEST_CASE("classify: quoted threads say nothing") {
    const std::string news = "We will be looking into this issue.\n\n";
    const std::string old = "We have implemented mitigation for your IP (192.0.2.10).\n";
    const All expected = {{Outcome::ack_agent, {}}};
    CHECK(findings(news + "> " + old) == expected);
    CHECK(findings(news + "From: Support <x@css.one.microsoft.com>\nSent: Thursday\nTo: us\n\n" + old) == expected);
    CHECK(findings(news + "*Von:* Support\n*Gesendet:* Donnerstag\n\n" + old) == expected);
    CHECK(findings(news + "De : Support\nEnvoy\xC3\xA9 : jeudi\n\n" + old) == expected);
    CHECK(findings(news + "-----Original Message-----\n" + old) == expected);
    CHECK(findings(news + "On Thu, 12 Nov 2026, Support wrote:\n\n" + old) == expected);
    CHECK(findings("On Thu, 12 Nov 2026, you wrote:\n> " + old + "\n" + news) == expected); // answered below
    CHECK(findings("<p>We will be looking into this issue.</p><blockquote>" + old + "</blockquote>", "text/html") ==
          expected);
    CHECK(findings("<p>We will be looking into this issue.</p><div id=\"divRplyFwdMsg\">" + old + "</div>",
                   "text/html") == expected);
}

TEST_CASE("classify: numbers that are no addresses of strangers' mail are not taken for any") {
    CHECK(findings("We have implemented mitigation for your IP (192.0.2.10). Version 1.2.3, 10.0.0.1, 24:48, "
                   "x192.0.2.11, 300.1.1.1, 198.51.100.7.\n") ==
          All{{Outcome::mitigated, {"192.0.2.10", "198.51.100.7"}}});
}

TEST_CASE("classify: a ticket is ten digits, in old subjects between SRX and ID") {
    CHECK(reply("Hello", "text/plain", "SRX1303529797ID - Outlook.com").ticket == "1303529797");
    CHECK(reply("Hello", "text/plain", "RE: 2401234567").ticket == "2401234567");
    CHECK(reply("Service Request #: 1303529797\n", "text/plain", "Delisting").ticket == "1303529797");
    CHECK(reply("Hello", "text/plain", "=?utf-8?Q?RE:_2401234567_=E2=80=93_Entblockung?=").ticket == "2401234567");
}
