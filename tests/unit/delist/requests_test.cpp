#include "delist/requests.hpp"

#include <catch2/catch.hpp>

#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::MitigationOutcome;

namespace {

constexpr util::Seconds now = 1'790'000'000;
constexpr util::Seconds a_day = 86'400;

store::Store open(const test::TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return store::Store(options);
}

domain::Evidence about(const char* ip) {
    domain::Evidence out;
    out.ip = *domain::parse_ip(ip);
    out.now = now;
    return out;
}

domain::BlockCause cause(const char* networks, const char* text, util::Seconds at) {
    return {domain::parse_networks(networks), text, "fixed", at, {"anna", now, ""}};
}

/// A settled answer, as mail brings it.
void receive(store::Store& store, domain::SupportReply reply, util::Seconds at) {
    std::vector<store::Prepared> mail{store::prepare({"answer of " + std::to_string(at), false, "", "", ""})};
    domain::Settlement settlement;
    settlement.message_id = store.accept(mail, "default", at).at(0);
    settlement.feed = "default";
    settlement.received_at = at;
    settlement.kind = "support-reply";
    settlement.disposition = domain::Disposition::support_reply;
    settlement.answer = domain::Settlement::Answer{std::move(reply), at};
    store.settle(std::span(&settlement, 1));
}

domain::SupportReply reply(domain::Verdict verdict, std::vector<domain::MitigationFinding> findings) {
    domain::SupportReply out;
    out.ticket = "1303529797";
    out.authenticity.verdict = verdict;
    out.authenticity.rules = {{"authentication-results", domain::Says::in_favor, "mx.example says dmarc=pass"},
                              {"dkim", domain::Says::nothing, "not asked"}};
    out.findings = std::move(findings);
    return out;
}

} // namespace

TEST_CASE("requests: the cause that ended last is the repair, of the networks that hold the address") {
    const test::TemporaryDirectory folder;
    store::Store store = open(folder);
    store.keep_cause(cause("192.0.2.0/28", "a list was bought", now - a_day));
    store.keep_cause(cause("192.0.2.10 192.0.2.11", "an account was stolen", now - 9 * a_day));
    store.keep_cause(cause("198.51.100.1", "something else", now));
    domain::Evidence evidence = about("192.0.2.10");
    delist::add_repair(evidence, store);
    REQUIRE(evidence.repair);
    CHECK(evidence.repair->value.cause == "a list was bought");
    CHECK(evidence.repair->value.at == now - a_day);
    CHECK(evidence.repair->source == "a person");
    evidence = about("192.0.2.99");
    delist::add_repair(evidence, store);
    CHECK_FALSE(evidence.repair);
}

TEST_CASE("requests: what was kept comes back, with answers, as evidence and through a rebuild's tables") {
    const test::TemporaryDirectory folder;
    store::Store store = open(folder);
    domain::DelistRequest asked;
    asked.networks = domain::parse_networks("192.0.2.10");
    asked.sent_at = now - 3 * a_day;
    asked.noted = {"anna", now, "by the form"};
    asked.events.push_back({domain::RequestEventKind::ticket, now, {}, "1303529797", {}, asked.noted});
    const std::int64_t id = store.keep_request(asked);
    receive(store, reply(domain::Verdict::authentic, {{MitigationOutcome::not_qualified, {}}}), now - 2 * a_day);
    store.keep_request_event(id, {domain::RequestEventKind::replied, now - a_day, {}, {}, {}, asked.noted});
    domain::Evidence evidence = about("192.0.2.10");
    delist::add_requests(evidence, store);
    REQUIRE(evidence.requests);
    REQUIRE(evidence.requests->value.size() == 2);
    CHECK(evidence.requests->value[0].verdict == MitigationOutcome::not_qualified);
    CHECK_FALSE(evidence.requests->value[1].verdict);
    evidence = about("192.0.2.11");
    delist::add_requests(evidence, store);
    CHECK(evidence.requests->value.empty());

    const auto answers = store.support_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].why == "mx.example says dmarc=pass");
    CHECK_FALSE(answers[0].dealt_with);
    CHECK(store.mark_answer_read(answers[0].message_id, "anna", now));
    CHECK_FALSE(store.mark_answer_read(99, "anna", now));
    store.begin_rebuild(now);
    CHECK(store.support_answers().empty());
    CHECK(store.requests().size() == 1);
}

TEST_CASE("requests: a ticket belongs to one request") {
    const test::TemporaryDirectory folder;
    store::Store store = open(folder);
    domain::DelistRequest asked;
    asked.networks = domain::parse_networks("192.0.2.10");
    asked.events.push_back({domain::RequestEventKind::ticket, now, {}, "1303529797", {}, {}});
    store.keep_request(asked);
    CHECK_THROWS(store.keep_request(asked));
    CHECK(store.requests().size() == 1);
}

TEST_CASE("requests: the contact is unknown until somebody says how its mail leaves") {
    const test::TemporaryDirectory folder;
    store::Store store = open(folder);
    domain::DelistSettings settings;
    const auto contact = [&](const char* ip) {
        domain::Evidence evidence = about(ip);
        delist::add_contact(evidence, store, settings);
        return evidence.contact;
    };
    CHECK_FALSE(contact("192.0.2.10"));
    settings.contact_networks = domain::parse_networks("192.0.2.8/30");
    CHECK(contact("192.0.2.10")->value.sends_through_address);
    CHECK_FALSE(contact("192.0.2.20")->value.sends_through_address);
    CHECK_FALSE(contact("192.0.2.20")->value.hears_microsoft);
    receive(store, reply(domain::Verdict::unverified, {{MitigationOutcome::ack, {}}}), now - 3 * a_day);
    receive(store, reply(domain::Verdict::authentic, {{MitigationOutcome::ack, {}}}), now - 400 * a_day);
    CHECK_FALSE(contact("192.0.2.20")->value.hears_microsoft);
    receive(store, reply(domain::Verdict::authentic, {{MitigationOutcome::ack, {}}}), now - 2 * a_day);
    CHECK(contact("192.0.2.20")->value.hears_microsoft);
    CHECK(contact("192.0.2.20")->at == now - 2 * a_day);
    settings = {};
    settings.contact_elsewhere = settings.contact_hears_microsoft = true;
    CHECK_FALSE(contact("192.0.2.10")->value.sends_through_address);
    CHECK(contact("192.0.2.10")->value.hears_microsoft);
}

TEST_CASE("requests: trials of the last 30 days count once a report could have come") {
    const test::TemporaryDirectory folder;
    store::Store store = open(folder);
    const domain::Address mailbox = *domain::parse_address("Trial@outlook.example");
    for (const util::Seconds ago : {40 * a_day, 5 * a_day, 4 * a_day, a_day})
        CHECK(store.keep_trial({mailbox, now - ago, {"anna", now, ""}}));
    CHECK_FALSE(store.keep_trial({mailbox, now - a_day, {"anna", now, ""}}));
    domain::Evidence evidence = about("192.0.2.10");
    delist::add_trials(evidence, store);
    CHECK_FALSE(evidence.feed);
    evidence.feed = {{}, "jmrp", now};
    delist::add_trials(evidence, store);
    CHECK(evidence.feed->value.trials == 2);
    CHECK(evidence.feed->value.trials_reported == 0);
}
