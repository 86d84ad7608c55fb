#include "delist/draft.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "domain/refusal_text.hpp"
#include "reputation/gate.hpp"
#include "unit/reputation/safe_evidence.hpp"

using namespace jmrp;
using namespace jmrp::testing;
using Catch::Contains;

namespace {

delist::Case judged(domain::Evidence evidence) {
    domain::Decision decision = reputation::decide(evidence, {});
    return {std::move(evidence), std::move(decision)};
}

domain::DelistSettings settings() {
    domain::DelistSettings out;
    out.contact_name = "Ann Example";
    out.contact_email = "postmaster@other.example";
    out.website = "https://sender.example";
    return out;
}

std::string text_of(const delist::Draft& draft, std::string_view field) {
    const auto found = std::ranges::find(draft.fields, field, &delist::DraftField::name);
    return found == draft.fields.end() ? "no such field" : found->text;
}

std::string account_of(const domain::Evidence& evidence) {
    const delist::Case one = judged(evidence);
    return text_of(delist::draft({&one, 1}, settings(), {}), "Error messages");
}

} // namespace

TEST_CASE("refusal text: the local part of every address is masked") {
    const std::pair<const char*, const char*> cases[] = {
        {"<ann@hotmail.com>: refused", "<***@hotmail.com>: refused"},
        {"MAIL FROM:<bounces+ann=hotmail.com@sender.example>", "MAIL FROM:<***@sender.example>"},
        {"\"ann b\"@hotmail.com", "***@hotmail.com"},
        {"?e=ann%40hotmail.com", "***%40hotmail.com"},
        {"a@b@c", "***@***@c"},
        {"ann@", "***@"},
        {"@ann", "@ann"},
        {"@a,@b:ann@c", "@a,@b:***@c"},
        {"gr\xC3\xBCn@hotmail.com", "***@hotmail.com"},
        {"forward to delist@microsoft.com.", "forward to delist@microsoft.com."},
        {"Delist@messaging.microsoft.com", "Delist@messaging.microsoft.com"},
        {"delist@microsoft.com.evil.example", "***@microsoft.com.evil.example"},
        {"boss@microsoft.com", "***@microsoft.com"},
        {"two\r\nlines\tand\x01 more", "two  lines and  more"},
        {"no address", "no address"},
        {"", ""},
    };
    for (const auto& [text, masked] : cases)
        CHECK(domain::without_people(text) == masked);
    CHECK(domain::without_people("\xFF@x") == "***@x");
    CHECK(domain::without_people(std::string(5000, 'x')).size() == 2000);
}

TEST_CASE("refusal text: a mailbox for delisting is taken from Microsoft's domains alone") {
    const auto printed = [](std::string_view text) {
        const auto found = domain::printed_mailbox(text);
        return found ? found->text() : "";
    };
    CHECK(printed("please forward this message to delist@microsoft.com. AS(1410)") == "delist@microsoft.com");
    CHECK(printed("to delist@messaging.microsoft.com") == "delist@messaging.microsoft.com");
    CHECK(printed("ann@hotmail.com delist@evil.example <DeList@Microsoft.COM>") == "DeList@microsoft.com");
    for (const char* text : {"", "@", "delist@", "delist@evil.example", "delist@microsoft.com.evil.example",
                             "delist@xmicrosoft.com", "boss@microsoft.com", "delist@microsoft.com-x.example"})
        CHECK(printed(text).empty());
}

TEST_CASE("draft: two addresses with the same story tell it once, with figures of each") {
    domain::Evidence other = safe_evidence();
    other.ip = *domain::parse_ip("192.0.2.11");
    other.refusals->value[0].count = 7;
    std::vector<delist::Case> cases = {judged(safe_evidence()), judged(other)};
    std::string account = text_of(delist::draft(cases, settings(), {}), "Error messages");
    CHECK_THAT(account, Contains("192.0.2.10 (S3140): 412 refusals") && Contains("192.0.2.11 (S3140): 7 refusals"));
    CHECK(account.find("What was wrong") == account.rfind("What was wrong"));
    CHECK(account.find("sender.example: SPF") == account.rfind("sender.example: SPF"));

    cases[1].evidence.repair->value.cause = "an old customer";
    account = text_of(delist::draft(cases, settings(), {}), "Error messages");
    CHECK_THAT(account, Contains("192.0.2.10\nWhat was wrong: a list that was bought.") &&
                            Contains("192.0.2.11\nWhat was wrong: an old customer."));
}

TEST_CASE("draft: mail since the repair is told only where every day is known") {
    domain::Evidence evidence = safe_evidence();
    CHECK_THAT(account_of(evidence), Contains("you accepted 50,000 mails, from other addresses of ours"));
    evidence.complaints->value.days.back().accepted = 500;
    CHECK_THAT(account_of(evidence), Contains("you accepted 50,500 mails, 50,000 mails of them from other addresses"));
    evidence.complaints->value.elsewhere.back().accepted.reset();
    CHECK_THAT(account_of(evidence), !Contains("without the cause since"));
    evidence.complaints->value.elsewhere.clear();
    CHECK_THAT(account_of(evidence), Contains("you accepted 500 mails from 192.0.2.10. None of it was reported"));
}

TEST_CASE("draft: the text says nothing of people written to where the log does not tell") {
    domain::Evidence evidence = safe_evidence();
    CHECK_THAT(account_of(evidence), Contains("none of them was sent mail"));
    evidence.leaks->value.log_was_read = false;
    CHECK_THAT(account_of(evidence), !Contains("none of them was sent mail"));
    evidence.leaks->value.log_was_read = true;
    evidence.leaks->value.complained.push_back(noon - a_day);
    CHECK_THAT(account_of(evidence), !Contains("none of them was sent mail"));
}

TEST_CASE("draft: evidence without anything makes a draft that misses everything") {
    domain::Evidence evidence;
    evidence.ip = *domain::parse_ip("2001:db8::1");
    for (const auto door :
         {domain::Door::consumer_form, domain::Door::portal, domain::Door::delist_mail, domain::Door::reply}) {
        delist::Case one = judged(evidence);
        one.decision.door = door;
        const delist::Draft draft = delist::draft({&one, 1}, {}, {});
        CHECK_FALSE(draft.missing.empty());
        CHECK((door == domain::Door::reply || !draft.where.empty()));
    }
}

TEST_CASE("draft: the mailbox of the notice is found however its text is encoded") {
    delist::Occasion occasion;
    occasion.notice = "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
                      "cGxlYXNlIGZvcndhcmQgdGhpcyBtZXNzYWdlIHRvIGRlbGlzdEBtZXNzYWdpbmcubWljcm9zb2Z0LmNvbQ==\n";
    delist::Case one = judged(safe_evidence());
    one.decision.door = domain::Door::delist_mail;
    const delist::Draft draft = delist::draft({&one, 1}, settings(), occasion);
    CHECK(draft.where == "delist@messaging.microsoft.com");
    CHECK_THAT(draft.hints.back(), Contains("may be dead"));
    CHECK(delist::outgoing(draft, settings(), occasion, noon).attached == occasion.notice);
}
