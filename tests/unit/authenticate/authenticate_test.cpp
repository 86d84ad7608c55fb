#include "authenticate/authenticate.hpp"

#include <catch2/catch.hpp>

#include "authenticate/border.hpp"
#include "domain/reading_rules.hpp"

using namespace jmrp;
using domain::DkimFinding;
using domain::Says;
using domain::Verdict;

namespace {

domain::AuthenticityRules our_rules() {
    domain::AuthenticityRules rules;
    rules.authserv_ids = {"mx.ours.example"};
    rules.secret_addresses = {*domain::parse_address("fbl-7x3k@ours.example")};
    return rules;
}

struct Case {
    mail::Fields outer;
    domain::FeedbackReport report;
    bool own_token = false;
    domain::AuthenticityRules rules = our_rules();
    std::vector<domain::Network> own_networks;
    const DkimFinding* dkim = nullptr;

    domain::Authenticity judged() const {
        return authenticate::authenticate(outer, report, own_token, rules, own_networks, dkim);
    }
    Verdict verdict() const { return judged().verdict; }
    domain::RuleOutcome rule(std::string_view name) const {
        for (const auto& outcome : judged().rules)
            if (outcome.rule == name)
                return outcome;
        FAIL("no such rule");
        return {};
    }
};

Case with(std::string_view header) {
    Case out;
    std::vector<domain::Defect> defects;
    out.outer = mail::parse_fields(header, {}, defects);
    return out;
}

const std::string border =
    "Received: from out.hotmail.example (out.hotmail.example [203.0.113.9])\r\n"
    "\tby mx.ours.example (Postfix) with ESMTPS id 4X1\r\n\tfor <fbl@ours.example>; Tue, 3 Nov 2026 "
    "10:00:00 +0000\r\n";
const std::string from_staff = "From: staff@hotmail.com\r\nSubject: x\r\n";
const std::string dmarc_pass =
    "Authentication-Results: mx.ours.example; dmarc=pass (p=none dis=none) header.from=hotmail.com\r\n";
const std::string dkim_pass =
    "Authentication-Results: mx.ours.example;\r\n\tdkim=pass (2048-bit key) header.d=hotmail.com\r\n";
const std::string signed_by_hotmail = "DKIM-Signature: v=1; a=rsa-sha256; d=hotmail.com; s=selector1; bh=x; b=y\r\n";

std::string results(const std::string& text) {
    return "Authentication-Results: mx.ours.example; " + text + "\r\n" + border + from_staff;
}

} // namespace

TEST_CASE("authenticate: every rule speaks, in order") {
    std::string names;
    for (const auto& outcome : with(border + from_staff).judged().rules) {
        names += outcome.rule + " ";
        CHECK_FALSE(outcome.why.empty());
    }
    CHECK(names == "authentication-results dkim secret-address token source-ip ");
}

TEST_CASE("authenticate: a field of our border above its Received field is believed") {
    CHECK(with(dmarc_pass + border + from_staff).verdict() == Verdict::authentic);
    CHECK(with(dkim_pass + border + from_staff).verdict() == Verdict::authentic);
    // OpenDMARC above OpenDKIM, as two milters of Postfix leave them
    CHECK(with(dmarc_pass + dkim_pass + border + from_staff).verdict() == Verdict::authentic);
    // local redelivery, LMTP and a content filter on the same host
    CHECK(with("Return-Path: <staff@hotmail.com>\r\nDelivered-To: fbl@ours.example\r\n"
               "Received: from mx.ours.example by mx.ours.example with LMTP id abc; Tue, 3 Nov 2026 10:00:03 +0000\r\n"
               "Received: from localhost (localhost [127.0.0.1]) by mx.ours.example (Postfix) with ESMTP id 4X2; Tue, "
               "3 Nov "
               "2026 10:00:02 +0000\r\n"
               "Received: from mx.ours.example ([127.0.0.1]) by localhost (amavisd-new, port 10024) with ESMTP id q; "
               "Tue, 3 "
               "Nov 2026 10:00:01 +0000\r\n" +
               dmarc_pass + border + from_staff)
              .verdict() == Verdict::authentic);
    CHECK(
        with("Received: by mx.ours.example (Postfix, from userid 0) id 4X3; Tue, 3 Nov 2026 10:00:03 +0000\r\n"
             "Received: from mail by mx.ours.example with local (Exim 4.96) id 1; Tue, 3 Nov 2026 10:00:02 +0000\r\n" +
             dmarc_pass + border + from_staff)
            .verdict() == Verdict::authentic);
    // Exim with add_header = :at_start:
    CHECK(with("Authentication-Results: mx.ours.example;\r\n\tiprev=pass (out.hotmail.example) "
               "smtp.remote-ip=203.0.113.9;\r\n"
               "\tspf=pass smtp.mailfrom=hotmail.com;\r\n\tdkim=pass header.d=hotmail.com header.s=selector1 "
               "header.a=rsa-sha256;\r\n\tdmarc=pass header.from=hotmail.com;\r\n\tarc=none\r\n"
               "Received: from out.hotmail.example ([203.0.113.9])\r\n\tby mx.ours.example with esmtps  (TLS1.3) tls "
               "TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96)\r\n\t(envelope-from <staff@hotmail.com>)\r\n\tid 1t\r\n\tfor "
               "fbl@ours.example;\r\n\tTue, 03 Nov 2026 10:00:00 +0000\r\n" +
               from_staff)
              .verdict() == Verdict::authentic);
}

TEST_CASE("authenticate: a field that came with the mail is not believed, whatever else it carries") {
    const std::string foreign_hop =
        "Received: from evil.example (evil.example [203.0.113.66]) by mx.ours.example (Postfix) "
        "with ESMTP id 4X1; Tue, 3 Nov 2026 10:00:00 +0000\r\n";
    CHECK(with(foreign_hop + dmarc_pass + from_staff).verdict() == Verdict::unverified);
    CHECK(with(foreign_hop + dmarc_pass + border + from_staff).verdict() == Verdict::unverified);
    // the client called itself by our names and addresses
    for (const std::string hello :
         {"mx.ours.example", "localhost", "[127.0.0.1]", "by", "from", "a(b", "LMTP", "with"}) {
        INFO(hello);
        CHECK(with("Received: from " + hello +
                   " (unknown [203.0.113.66]) by mx.ours.example (Postfix) with ESMTP id 4X1; Tue, "
                   "3 Nov 2026 10:00:00 +0000\r\n" +
                   dmarc_pass + border + from_staff)
                  .verdict() == Verdict::unverified);
        CHECK(with("Received: from [203.0.113.66] (helo=" + hello +
                   ") by mx.ours.example with esmtp (Exim 4.96) id 1; Tue, "
                   "3 Nov 2026 10:00:00 +0000\r\n" +
                   dmarc_pass + border + from_staff)
                  .verdict() == Verdict::unverified);
    }
    // no client is shown at all
    CHECK(with("Received: from x by mx.ours.example with ESMTP id 4X1; Tue, 3 Nov 2026 10:00:00 +0000\r\n" +
               dmarc_pass + border + from_staff)
              .verdict() == Verdict::unverified);
    // a gateway that translates addresses: everybody has a private one
    CHECK(
        with("Received: from x (unknown [172.17.0.1]) by mx.ours.example (Postfix) with ESMTP id 4X1; Tue, 3 Nov 2026 "
             "10:00:00 +0000\r\n" +
             dmarc_pass + border + from_staff)
            .verdict() == Verdict::unverified);
    // nothing shows where it came in
    CHECK(with(dmarc_pass + from_staff).verdict() == Verdict::unverified);
    CHECK_THAT(with(dmarc_pass + from_staff).rule("authentication-results").why, Catch::Contains("no Received field"));
    // below our own field
    CHECK(with("Authentication-Results: mx.ours.example; dmarc=none header.from=hotmail.com\r\n" + border + dmarc_pass +
               from_staff)
              .verdict() == Verdict::unverified);
    CHECK_THAT(with(foreign_hop + dmarc_pass + from_staff).rule("authentication-results").why,
               Catch::Contains("below the Received field"));
}

TEST_CASE("authenticate: hosts inside are passed over when they are named as relays") {
    const std::string inner =
        "Received: from mx.ours.example (mx.ours.example [192.0.2.25]) by store.ours.example (Postfix) with "
        "ESMTP id 5; Tue, 3 Nov 2026 10:00:05 +0000\r\n";
    Case one = with(inner + dmarc_pass + border + from_staff);
    CHECK(one.verdict() == Verdict::unverified);
    one.rules.relays = {*domain::parse_network("192.0.2.0/24")};
    CHECK(one.verdict() == Verdict::authentic);
    Case forged = with(inner + border + dmarc_pass + border + from_staff);
    forged.rules.relays = one.rules.relays;
    CHECK(forged.verdict() == Verdict::unverified);
}

TEST_CASE("authenticate: only our own host's results count, in any case") {
    CHECK(with("Authentication-Results: other.example; dmarc=pass header.from=hotmail.com\r\n" + border + from_staff)
              .verdict() == Verdict::unverified);
    CHECK(with("Authentication-Results: MX.Ours.Example; dmarc=pass header.from=hotmail.com\r\n" + border + from_staff)
              .verdict() == Verdict::authentic);
    CHECK(with("Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=hotmail.com; dkim=pass "
               "header.d=hotmail.com; dmarc=pass action=none header.from=hotmail.com\r\n" +
               border + from_staff)
              .verdict() == Verdict::unverified);
    Case nobody = with(dmarc_pass + border + from_staff);
    nobody.rules.authserv_ids.clear();
    CHECK(nobody.verdict() == Verdict::unverified);
}

TEST_CASE("authenticate: what passed must belong to the reporter that the From names") {
    CHECK(with(results("dmarc=pass header.from=hotmail.com")).verdict() == Verdict::authentic);
    CHECK(with(results("dmarc=pass")).verdict() == Verdict::unverified);
    CHECK(with(results("dmarc=pass header.from=evil.example")).verdict() == Verdict::unverified);
    CHECK(with(results("dmarc=bestguesspass header.from=hotmail.com")).verdict() == Verdict::unverified);
    CHECK(with(results("dkim=pass header.i=@hotmail.com")).verdict() == Verdict::authentic);
    CHECK(with(results("dkim=pass header.i=staff@hotmail.com")).verdict() == Verdict::authentic);
    CHECK(with(results("dkim=pass header.d=evil.example")).verdict() == Verdict::unverified);
    CHECK(with(results("dkim=pass header.d=evil.example header.i=@hotmail.com")).verdict() == Verdict::unverified);
    CHECK(with(results("dkim=pass header.d=microsoft.com")).verdict() == Verdict::unverified);
    CHECK(with(results("dkim=none (dkim=pass header.d=hotmail.com)")).verdict() == Verdict::unverified);
    CHECK(with(results("spf=pass smtp.mailfrom=hotmail.com")).verdict() == Verdict::unverified);
    const std::string passed = "Authentication-Results: mx.ours.example; dmarc=pass header.from=hotmail.com; dkim=pass "
                               "header.d=hotmail.com\r\n" +
                               border;
    CHECK(with(passed + "From: someone@hotmail.com\r\n").verdict() == Verdict::unverified);
    CHECK(with(passed + "From: x@evil.example\r\n").verdict() == Verdict::unverified);
    CHECK(with(passed + "From: staff@hotmail.com <x@evil.example>\r\n").verdict() == Verdict::unverified);
    CHECK(with(passed + "From: staff@hotmail.com\r\nFrom: x@evil.example\r\n").verdict() == Verdict::unverified);
    CHECK(with(passed + "Subject: no From\r\n").verdict() == Verdict::unverified);
    Case whole_domain = with(passed + "From: someone@hotmail.com\r\n");
    whole_domain.rules.reporters = {"hotmail.com"};
    CHECK(whole_domain.verdict() == Verdict::authentic);
}

TEST_CASE("authenticate: a From of a reporter that our border refutes is forged") {
    CHECK(with(results("dmarc=fail (p=none dis=none) header.from=hotmail.com")).verdict() == Verdict::forged);
    CHECK(with(results("spf=fail smtp.mailfrom=hotmail.com")).verdict() == Verdict::forged);
    CHECK(with(results("spf=softfail smtp.mailfrom=hotmail.com; dkim=fail header.d=hotmail.com")).verdict() ==
          Verdict::forged);
    CHECK(with(results("spf=softfail smtp.mailfrom=hotmail.com; dkim=pass header.d=evil.example")).verdict() ==
          Verdict::forged);
    // forwarded, and the signature held
    CHECK(with(results("spf=fail smtp.mailfrom=hotmail.com; dkim=pass header.d=hotmail.com")).verdict() ==
          Verdict::authentic);
    // text of the mail that our border did not quote
    CHECK(with(results("dmarc=pass header.from=hotmail.com; dmarc=fail header.from=hotmail.com")).verdict() ==
          Verdict::forged);
    CHECK(with(results("dmarc=pass header.from=hotmail.com; dmarc=none header.from=hotmail.com")).verdict() ==
          Verdict::unverified);
    for (const std::string nothing :
         {"dmarc=none", "dmarc=temperror", "dmarc=permerror", "spf=temperror", "spf=neutral", "spf=none",
          "dkim=neutral", "dkim=policy", "dkim=fail header.d=hotmail.com", "none"}) {
        INFO(nothing);
        CHECK(with(results(nothing)).verdict() == Verdict::unverified);
    }
    // nobody's name was used
    CHECK(with("Authentication-Results: mx.ours.example; dmarc=fail header.from=isp.example\r\n" + border +
               "From: x@isp.example\r\n")
              .verdict() == Verdict::unverified);
    // a secret address does not outweigh it, our own check of the signature does
    Case one = with("Delivered-To: fbl-7x3k@ours.example\r\n" + results("dmarc=fail header.from=hotmail.com"));
    CHECK(one.verdict() == Verdict::forged);
    DkimFinding finding{DkimFinding::Result::pass, {"hotmail.com"}, ""};
    one.dkim = &finding;
    CHECK(one.verdict() == Verdict::authentic);
    finding.passed_domains = {"evil.example"};
    CHECK(one.verdict() == Verdict::forged);
}

TEST_CASE("authenticate: our own check of the signatures speaks for its domain only") {
    Case one = with(border + signed_by_hotmail + from_staff);
    DkimFinding finding{DkimFinding::Result::pass, {"evil.example", "hotmail.com"}, ""};
    one.dkim = &finding;
    CHECK(one.verdict() == Verdict::authentic);
    finding.passed_domains = {"evil.example"};
    CHECK(one.verdict() == Verdict::unverified);
    for (const auto result : {DkimFinding::Result::fail, DkimFinding::Result::none, DkimFinding::Result::unknown}) {
        finding = {result, {}, "because"};
        CHECK(one.verdict() == Verdict::unverified);
        CHECK(one.rule("dkim").says == Says::nothing);
        CHECK_THAT(one.rule("dkim").why, Catch::Contains("because"));
    }
}

TEST_CASE("authenticate: the signatures are wanted only where they could change the verdict") {
    Case one = with(border + signed_by_hotmail + from_staff);
    CHECK_FALSE(one.judged().dkim_wanted);
    one.rules.check_dkim = true;
    CHECK(one.judged().dkim_wanted);
    DkimFinding finding;
    one.dkim = &finding;
    CHECK_FALSE(one.judged().dkim_wanted);
    const auto wanted = [](const std::string& header) {
        Case other = with(header);
        other.rules.check_dkim = true;
        return other.judged().dkim_wanted;
    };
    CHECK_FALSE(wanted(dmarc_pass + border + signed_by_hotmail + from_staff));
    CHECK(wanted("Authentication-Results: mx.ours.example; dmarc=fail\r\n" + border + signed_by_hotmail + from_staff));
    CHECK_FALSE(wanted(border + from_staff));
    CHECK_FALSE(wanted(border + "DKIM-Signature: v=1; d=evil.example; s=a\r\n" + from_staff));
    CHECK_FALSE(wanted(border + signed_by_hotmail + "From: x@evil.example\r\n"));
    CHECK_FALSE(wanted(border + signed_by_hotmail + from_staff + from_staff));
}

TEST_CASE("authenticate: a report at a secret address came from somebody who was told it") {
    for (const std::string field : {"Delivered-To: fbl-7x3k@ours.example", "X-Original-To: <FBL-7x3k@OURS.example>",
                                    "Envelope-To: fbl-7x3k@ours.example", "X-Envelope-To: <fbl-7x3k@ours.example>",
                                    "To: Reports <fbl-7x3k@ours.example>", "Cc: a@b.example, fbl-7x3k@ours.example"}) {
        INFO(field);
        CHECK(with(field + "\r\n" + border + from_staff).verdict() == Verdict::authentic);
    }
    CHECK(with("Received: from x (x [203.0.113.66]) by mx.ours.example with ESMTP id 1 for <fbl-7x3k@ours.example>; "
               "Tue, 3 Nov "
               "2026 10:00:00 +0000\r\n" +
               from_staff)
              .verdict() == Verdict::authentic);
    for (const std::string field :
         {"To: fbl-7x3k@ours.example.evil.example", "To: xfbl-7x3k@ours.example", "Subject: fbl-7x3k@ours.example",
          "Reply-To: fbl-7x3k@ours.example", "To: fbl@ours.example"}) {
        INFO(field);
        CHECK(with(field + "\r\n" + border + from_staff).verdict() == Verdict::unverified);
    }
}

TEST_CASE("authenticate: a token and a source IP are told, and decide nothing") {
    Case one = with(border + from_staff);
    one.own_token = true;
    CHECK(one.rule("token").says == Says::in_favor);
    CHECK(one.verdict() == Verdict::unverified);
    one.report.source_ip = {domain::parse_ip("192.0.2.10"), "report: Source-IP"};
    CHECK(one.rule("source-ip").says == Says::nothing);
    one.own_networks = {*domain::parse_network("192.0.2.0/24")};
    CHECK(one.rule("source-ip").says == Says::nothing);
    one.own_networks = {*domain::parse_network("198.51.100.0/24")};
    CHECK(one.rule("source-ip").says == Says::against);
    CHECK(one.verdict() == Verdict::unverified);
}

TEST_CASE(
    "authenticate: an answer of support is believed for what the border or its signature say of support's domains") {
    const std::vector<std::string> senders = domain::ReadingRules{}.support_senders;
    const auto judged = [&](const std::string& method, const std::string& from, const DkimFinding* dkim = nullptr) {
        const std::string header =
            (method.empty() ? "" : "Authentication-Results: mx.ours.example; " + method + "\r\n") + border +
            "From: Support <" + from + ">\r\n";
        return authenticate::authenticate_answer(with(header).outer, senders, our_rules(), dkim);
    };
    const std::string agent = "x@css.one.microsoft.com";
    CHECK(judged("dmarc=pass header.from=css.one.microsoft.com", agent).verdict == Verdict::authentic);
    CHECK(judged("dkim=pass header.d=microsoft.com", agent).verdict == Verdict::authentic);
    CHECK(judged("dmarc=pass header.from=olc.protection.outlook.com", "x@olc.protection.outlook.com").verdict ==
          Verdict::authentic);
    CHECK(judged("dmarc=fail header.from=css.one.microsoft.com", agent).verdict == Verdict::forged);
    CHECK(judged("spf=fail smtp.mailfrom=css.one.microsoft.com", agent).verdict == Verdict::forged);
    CHECK(judged("", agent).verdict == Verdict::unverified);
    CHECK(judged("dkim=pass header.d=evil.example", agent).verdict == Verdict::unverified);
    CHECK(judged("spf=pass smtp.mailfrom=css.one.microsoft.com", agent).verdict == Verdict::unverified);
    // Anybody has a mailbox at outlook.com, and its signature.
    CHECK(judged("dkim=pass header.d=outlook.com", "x@olc.protection.outlook.com").verdict == Verdict::unverified);
    const DkimFinding ours{DkimFinding::Result::pass, {"one.microsoft.com"}, ""};
    CHECK(judged("", agent, &ours).verdict == Verdict::authentic);
    const DkimFinding strange{DkimFinding::Result::pass, {"evil.example"}, ""};
    CHECK(judged("", agent, &strange).verdict == Verdict::unverified);

    const auto told = judged("dkim=pass header.d=evil.example", agent);
    REQUIRE(told.rules.size() == 2);
    CHECK(told.rules[0].why.find("refusals.support_senders") != std::string::npos);
}

TEST_CASE("authenticate: an answer whose signature could prove it waits for our own check") {
    domain::AuthenticityRules rules = our_rules();
    rules.check_dkim = true;
    const std::string header = "DKIM-Signature: v=1; d=microsoft.com; s=x; b=y\r\nFrom: x@css.one.microsoft.com\r\n";
    const std::vector<std::string> senders = domain::ReadingRules{}.support_senders;
    CHECK(authenticate::authenticate_answer(with(header).outer, senders, rules, nullptr).dkim_wanted);
    const DkimFinding none;
    CHECK_FALSE(authenticate::authenticate_answer(with(header).outer, senders, rules, &none).dkim_wanted);
}
