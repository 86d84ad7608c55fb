#include <catch2/catch.hpp>

#include "classify/derive.hpp"

using namespace jmrp;

namespace {

using List = std::initializer_list<std::pair<const char*, const char*>>;

mail::Fields fields(List list) {
    mail::Fields out;
    for (const auto& [name, value] : list)
        out.add(name, value);
    return out;
}

struct Case {
    mail::Fields outer, report, original;
    domain::ReadingRules rules;
    bool subject = false;

    std::string ip() {
        std::vector<domain::Defect> defects;
        const auto derived = classify::derive_source_ip({outer, report, original, rules, subject}, defects);
        return derived.value ? derived.value->text() + " < " + derived.from : "";
    }
    std::string sender() {
        std::vector<domain::Defect> defects;
        const auto derived = classify::derive_original_mail_from({outer, report, original, rules, subject}, defects);
        return derived.value ? *derived.value + " < " + derived.from : "";
    }
    std::string arrival() {
        std::vector<domain::Defect> defects;
        const auto derived = classify::derive_arrival_date({outer, report, original, rules, subject}, defects);
        return derived.value ? util::iso8601(*derived.value) + " < " + derived.from : "";
    }
};

constexpr const char* microsoft_inner = "from SJ0.namprd11.prod.outlook.com (2001:db8:a03::24) by "
                                        "SA0.namprd11.prod.outlook.com with HTTPS; Fri, 6 Nov 2026 08:01:41 +0000";
constexpr const char* microsoft_border = "from mta.sender.example (192.0.2.10) by AM6.mail.protection.outlook.com "
                                         "(10.13.177.209) with Microsoft SMTP; Fri, 6 Nov 2026 08:01:40 +0000";

} // namespace

TEST_CASE("classify: the source IP is taken in the order of trust") {
    Case c;
    c.outer = fields({{"Subject", "complaint about message from  192.0.2.1"}});
    c.subject = true;
    c.report = fields({{"Source-IP", "192.0.2.9"}});
    c.original = fields({{"X-Sender-IP", "192.0.2.2"},
                         {"Received-SPF", "Pass client-ip=192.0.2.3; x"},
                         {"Received-SPF", "Pass client-ip=192.0.2.33"},
                         {"Authentication-Results", "spf=pass (sender IP is 192.0.2.4) smtp.remote-ip=192.0.2.5"},
                         {"Received", microsoft_inner},
                         {"Received", microsoft_border}});
    CHECK(c.ip() == "192.0.2.9 < report: Source-IP");
    c.report = {};
    CHECK(c.ip() == "192.0.2.1 < outer: Subject");
    c.subject = false;
    CHECK(c.ip() == "192.0.2.2 < original: X-Sender-IP");
    c.original = fields({{"Received-SPF", "Pass client-ip=192.0.2.3; x"},
                         {"Received-SPF", "Pass client-ip=192.0.2.33"},
                         {"Authentication-Results", "(sender IP is 192.0.2.4)"}});
    CHECK(c.ip() == "192.0.2.3 < original: Received-SPF client-ip");
    c.original = fields({{"Authentication-Results", "x smtp.remote-ip=192.0.2.5"}, {"Received", microsoft_border}});
    CHECK(c.ip() == "192.0.2.5 < original: Authentication-Results");
    c.original =
        fields({{"Received", microsoft_inner}, {"Received", microsoft_border}, {"X-Originating-IP", "[192.0.2.77]"}});
    CHECK(c.ip() == "192.0.2.10 < original: Received");
}

TEST_CASE("classify: an address of the own networks wins over an earlier foreign one") {
    Case c;
    c.rules.own_networks = {*domain::parse_network("198.51.100.0/24")};
    c.original = fields(
        {{"Received-SPF", "Pass client-ip=192.0.2.3"}, {"Authentication-Results", "(sender IP is 198.51.100.7)"}});
    CHECK(c.ip() == "198.51.100.7 < original: Authentication-Results");
    c.original = fields({{"Received-SPF", "Pass client-ip=192.0.2.3"}, {"X-Originating-IP", "[198.51.100.8]"}});
    CHECK(c.ip() == "198.51.100.8 < original: X-Originating-IP");
    c.report = fields({{"Source-IP", "192.0.2.9"}});
    CHECK(c.ip() == "192.0.2.9 < report: Source-IP");
}

TEST_CASE("classify: neither the complaining person's address, nor a private one, nor a stranger's claim is a source") {
    Case c;
    c.original =
        fields({{"X-Reporter-IP", "192.0.2.1"},
                {"X-Originating-IP", "[192.0.2.2]"},
                {"Received-SPF", "client-ip=10.1.2.3"},
                {"Received", "from a (helo=[192.0.2.3]) ([10.0.0.1]) by b.example; Fri, 6 Nov 2026 08:01:41 +0000"}});
    CHECK(c.ip().empty());
    // Microsoft stamped it and every foreign hop is private: the hop before is another story.
    c.original =
        fields({{"Received", microsoft_inner}, {"Received", "from app ([192.0.2.5]) by mta.sender.example; x"}});
    CHECK(c.ip().empty());
}

TEST_CASE("classify: a Received field is read in every form") {
    const std::pair<const char*, const char*> table[] = {
        {"from 127.0.0.1  (EHLO mx8.example.com) (192.0.2.8)  by mta34.example.net with SMTP; x", "192.0.2.8"},
        {"from [192.0.2.22] by mta2.example.org (LMTP); x", "192.0.2.22"},
        {"from [10.0.0.5] ([192.0.2.23:4227] helo=mail.example.com) by mx.example.net; x", "192.0.2.23"},
        {"from mail (unknown [IPv6:2001:db8::5]) by mx.example.net (Postfix); x", "2001:db8::5"},
        {"from mail.example.com (mail.example.com [192.0.2.24]) (using TLSv1.3) by mx.example.net; x", "192.0.2.24"},
    };
    for (const auto& [received, expected] : table) {
        INFO(received);
        Case c;
        c.original = fields({{"Received", received}});
        CHECK(c.ip() == std::string(expected) + " < original: Received");
    }
}

TEST_CASE("classify: the sender is taken in the order of trust") {
    Case c;
    c.report = fields({{"Original-Mail-From", "<>"}});
    c.original = fields({{"Return-Path", "<staff@hotmail.com>"},
                         {"Return-Path", "<b@SENDER.example>"},
                         {"X-SID-PRA", "NEWS@SENDER.EXAMPLE"},
                         {"Authentication-Results", "spf=pass smtp.mailfrom=sender.example;"}});
    CHECK(c.sender() == " < report: Original-Mail-From");
    c.report = fields({{"Original-Mail-From", "redacted"}});
    CHECK(c.sender() == "b@sender.example < original: Return-Path");
    c.original =
        fields({{"X-SID-PRA", "NEWS@SENDER.EXAMPLE"}, {"Authentication-Results", "smtp.mailfrom=sender.example;"}});
    CHECK(c.sender() == "news@sender.example < original: X-SID-PRA");
    c.original = fields({{"Authentication-Results", "spf=pass smtp.mailfrom=sender.example;"}});
    CHECK(c.sender() == "sender.example < original: Authentication-Results smtp.mailfrom");
    c.original = {};
    CHECK(c.sender().empty());
}

TEST_CASE("classify: the arrival is taken in the order of trust, the report's own date is the last") {
    Case c;
    c.outer = fields({{"Date", "Thu, 12 Nov 2026 10:00:00 +0000"}});
    c.report = fields({{"Received-Date", "Wed, 11 Nov 2026 10:00:00 +0000"}});
    c.original = fields({{"X-MS-Exchange-CrossTenant-OriginalArrivalTime", "06 Nov 2026 08:01:41.9945 (UTC)"},
                         {"Received", microsoft_inner},
                         {"Date", "Fri, 6 Nov 2026 08:00:00 +0000"}});
    CHECK(c.arrival() == "2026-11-11T10:00:00Z < report: Received-Date");
    c.report = fields({{"Arrival-Date", "nonsense"}});
    CHECK(c.arrival() == "2026-11-06T08:01:41Z < original: X-MS-Exchange-CrossTenant-OriginalArrivalTime");
    c.original = fields({{"Received", microsoft_border}, {"Received", microsoft_inner}});
    CHECK(c.arrival() == "2026-11-06T08:01:40Z < original: Received");
    c.original = fields({{"Date", "Fri, 6 Nov 2026 08:00:00 +0000"}});
    CHECK(c.arrival() == "2026-11-06T08:00:00Z < original: Date");
    c.original = {};
    CHECK(c.arrival() == "2026-11-12T10:00:00Z < outer: Date (upper bound)");
}

TEST_CASE("classify: the campaign is what a field of its own says, else the first part of Feedback-ID") {
    const auto campaign = [](List original) {
        return classify::read_reported(fields(original)).campaign.value_or("-");
    };
    CHECK(campaign({}) == "-");
    CHECK(campaign({{"Feedback-ID", "autumn : acme:news:sender"}}) == "autumn");
    CHECK(campaign({{"Feedback-ID", "autumn:acme:news:sender"}, {"X-Campaign", " winter "}}) == "winter");
    // Amazon SES: where it was sent and an identity, no campaign.
    CHECK(campaign({{"Feedback-ID", "1.us-east-1.x1/y2=:AmazonSES"}}) == "-");
    CHECK(campaign({{"X-Campaign", ""}, {"Feedback-ID", "::news:sender"}}) == "-");
}
