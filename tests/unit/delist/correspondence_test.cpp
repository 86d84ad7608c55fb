#include "delist/correspondence.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using delist::Doubt;
using domain::BlockList;
using domain::RequestEventKind;
using reputation::BlockState;
using Outcome = domain::MitigationOutcome;
using domain::Verdict;

namespace {

constexpr util::Seconds hour = 3600;
constexpr util::Seconds sent = 1'790'000'000;
const std::string ticket = "1303529797";
const domain::Ip ten = *domain::parse_ip("192.0.2.10");
const domain::Ip eleven = *domain::parse_ip("192.0.2.11");

domain::DelistRequest request(const char* networks, const std::string& number = ticket, util::Seconds at = sent) {
    domain::DelistRequest out;
    out.networks = domain::parse_networks(networks);
    out.sent_at = at;
    out.noted = {"anna", at, ""};
    if (!number.empty())
        out.events.push_back({RequestEventKind::ticket, at, {}, number, {}, out.noted});
    return out;
}

domain::RequestEvent event(RequestEventKind kind, int hours, std::optional<Outcome> outcome = {},
                           const char* networks = "") {
    return {
        kind, sent + hours * hour, domain::parse_networks(networks), "", outcome, {"anna", sent + hours * hour, ""}};
}

domain::SupportAnswer answer(int hours, std::vector<domain::MitigationFinding> findings,
                             const std::string& number = ticket, Verdict verdict = Verdict::authentic) {
    static std::int64_t id = 0;
    domain::SupportAnswer out;
    out.message_id = ++id;
    out.at = out.received_at = sent + hours * hour;
    if (!number.empty())
        out.ticket = number;
    out.verdict = verdict;
    out.findings = std::move(findings);
    return out;
}

domain::MitigationFinding says(Outcome outcome, const char* networks = "") {
    return {outcome, domain::parse_networks(networks)};
}

BlockState state(const delist::Correspondence& all, const domain::Ip& ip = ten,
                 BlockList list = BlockList::outlook_com) {
    return reputation::standing_after(delist::request_events(all, ip, list)).state;
}

} // namespace

TEST_CASE("requests: an authentic answer with a known ticket is followed, and another is not") {
    const auto asked = request("192.0.2.10");
    CHECK(state(delist::put_together({asked}, {})) == BlockState::requested);
    CHECK(state(delist::put_together({asked}, {answer(2, {says(Outcome::mitigated)})})) ==
          BlockState::mitigated_pending);
    const std::pair<domain::SupportAnswer, Doubt> doubtful[] = {
        {answer(2, {says(Outcome::mitigated)}, ticket, Verdict::forged), Doubt::forged},
        {answer(2, {says(Outcome::mitigated)}, ticket, Verdict::unverified), Doubt::unverified},
        {answer(2, {says(Outcome::mitigated)}, ""), Doubt::no_ticket},
        {answer(2, {says(Outcome::mitigated)}, "2222222222"), Doubt::unknown_ticket},
        {answer(2, {says(Outcome::unknown)}), Doubt::unknown_words},
        {answer(2, {says(Outcome::mitigated, "198.51.100.7")}), Doubt::other_addresses},
    };
    for (const auto& [said, doubt] : doubtful) {
        const auto all = delist::put_together({asked}, {said});
        INFO(domain::to_text(doubt));
        CHECK(all.answers.front().doubt == doubt);
        CHECK(state(all) == BlockState::requested);
        CHECK(all.answers.front().needs_person == (doubt != Doubt::forged));
    }
}

TEST_CASE("requests: each section speaks of its own addresses") {
    const auto all =
        delist::put_together({request("192.0.2.10 192.0.2.16/28")},
                             {answer(2, {says(Outcome::not_qualified, "192.0.2.10"),
                                         says(Outcome::mitigated, "192.0.2.20 198.51.100.7"), says(Outcome::ack)})});
    CHECK(state(all) == BlockState::refused_auto);
    CHECK(state(all, *domain::parse_ip("192.0.2.20")) == BlockState::mitigated_pending);
    CHECK(state(all, *domain::parse_ip("192.0.2.21")) == BlockState::requested);
    CHECK(state(all, *domain::parse_ip("198.51.100.7")) == BlockState::clear);
    CHECK(state(all, ten, BlockList::office365) == BlockState::clear);
    std::vector<std::string> names;
    for (const delist::Subject& one : delist::subjects(all))
        names.push_back(one.network.short_text());
    CHECK(names == std::vector<std::string>{"192.0.2.10", "192.0.2.16/28", "192.0.2.20"});
}

TEST_CASE("requests: a receipt brings the ticket of the one request that waits for it") {
    const auto receipt = answer(1, {says(Outcome::ack)});
    const auto one =
        delist::put_together({request("192.0.2.10", "")}, {receipt, answer(5, {says(Outcome::mitigated)})});
    CHECK(one.requests.front().ticket == ticket);
    CHECK(one.answers.front().brought_ticket);
    CHECK(state(one) == BlockState::mitigated_pending);

    SECTION("two that wait: a person is asked") {
        const auto two = delist::put_together({request("192.0.2.10", ""), request("192.0.2.11", "")}, {receipt});
        CHECK(two.answers.front().doubt == Doubt::unknown_ticket);
        CHECK(two.answers.front().needs_person);
    }
    SECTION("four days later, and from nobody that is proved, it brings none") {
        CHECK(delist::put_together({request("192.0.2.10", "")}, {answer(96, {says(Outcome::ack)})})
                  .requests.front()
                  .ticket.empty());
        CHECK(delist::put_together({request("192.0.2.10", "")},
                                   {answer(1, {says(Outcome::ack)}, ticket, Verdict::unverified)})
                  .requests.front()
                  .ticket.empty());
    }
    SECTION("a verdict is no receipt, the portal has no tickets, and what was withdrawn waits for none") {
        CHECK(delist::put_together({request("192.0.2.10", "")}, {answer(1, {says(Outcome::mitigated)})})
                  .requests.front()
                  .ticket.empty());
        auto portal = request("192.0.2.10", "");
        portal.door = domain::Door::portal;
        CHECK(delist::put_together({portal}, {receipt}).requests.front().ticket.empty());
        auto withdrawn = request("192.0.2.10", "");
        withdrawn.events.push_back(event(RequestEventKind::withdrawn, 0));
        CHECK(delist::put_together({withdrawn}, {receipt}).requests.front().ticket.empty());
    }
}

TEST_CASE("requests: a person's word ends what a mail left open") {
    auto asked = request("192.0.2.10 192.0.2.11");
    asked.events.push_back(event(RequestEventKind::outcome, 5, Outcome::removed, "192.0.2.10"));
    const auto all = delist::put_together({asked}, {answer(2, {says(Outcome::more_info)})});
    CHECK(state(all) == BlockState::mitigated_pending);
    CHECK(state(all, eleven) == BlockState::needs_reply);
    CHECK_FALSE(all.answers.front().needs_person);

    asked.events.push_back(event(RequestEventKind::withdrawn, 6));
    CHECK(state(delist::put_together({asked}, {}), eleven) == BlockState::blocked);
}

TEST_CASE("requests: what asks for something waits for a person until it is dealt with") {
    auto asked = request("192.0.2.10");
    for (const Outcome outcome :
         {Outcome::more_info, Outcome::content, Outcome::use_portal, Outcome::nothing_detected}) {
        INFO(to_text(outcome));
        CHECK(delist::put_together({asked}, {answer(2, {says(outcome)})}).answers.front().needs_person);
        auto read = answer(2, {says(outcome)});
        read.dealt_with = true;
        CHECK_FALSE(delist::put_together({asked}, {read}).answers.front().needs_person);
        CHECK_FALSE(delist::put_together({asked}, {answer(2, {says(outcome)}), answer(3, {says(Outcome::mitigated)})})
                        .answers.front()
                        .needs_person);
        auto replied = asked;
        replied.events.push_back(event(RequestEventKind::replied, 3));
        CHECK_FALSE(delist::put_together({replied}, {answer(2, {says(outcome)})}).answers.front().needs_person);
        CHECK(delist::put_together({replied}, {answer(4, {says(outcome)})}).answers.front().needs_person);
    }
    for (const Outcome outcome : {Outcome::ack, Outcome::ack_agent, Outcome::mitigated, Outcome::not_qualified})
        CHECK_FALSE(delist::put_together({asked}, {answer(2, {says(outcome)})}).answers.front().needs_person);
}

TEST_CASE("requests: each reply that asks again is a request of its own, receipts and questions leave one open") {
    auto asked = request("192.0.2.10");
    const auto of = [&](const std::vector<domain::SupportAnswer>& answers) {
        return delist::requests_about(delist::put_together({asked}, answers), ten, BlockList::outlook_com);
    };
    auto one = of({answer(1, {says(Outcome::ack)})});
    REQUIRE(one.size() == 1);
    CHECK(one[0].ticket == ticket);
    CHECK(one[0].sent == sent);
    CHECK_FALSE(one[0].verdict);

    one = of({answer(1, {says(Outcome::more_info)})});
    REQUIRE(one.size() == 1);
    CHECK(one[0].verdict == Outcome::more_info);

    // A refusal, then the agent's afterthoughts: the refusal is the verdict.
    one = of({answer(2, {says(Outcome::not_qualified)}), answer(3, {says(Outcome::nothing_detected)})});
    REQUIRE(one.size() == 1);
    CHECK(one[0].verdict == Outcome::not_qualified);
    CHECK(one[0].answered == sent + 2 * hour);

    asked.events.push_back(event(RequestEventKind::replied, 10));
    auto two = of({answer(2, {says(Outcome::not_qualified)}), answer(12, {says(Outcome::mitigated)})});
    REQUIRE(two.size() == 2);
    CHECK(two[0].verdict == Outcome::not_qualified);
    CHECK(two[1].sent == sent + 10 * hour);
    CHECK(two[1].verdict == Outcome::mitigated);

    asked.events.push_back(event(RequestEventKind::withdrawn, 20));
    two = of({answer(2, {says(Outcome::not_qualified)})});
    REQUIRE(two.size() == 2);
    CHECK(two[1].withdrawn);
}

TEST_CASE("requests: a refusal before a mitigation, a reply in a thread that was done with") {
    auto asked = request("192.0.2.10");
    std::vector<domain::SupportAnswer> answers{answer(2, {says(Outcome::not_qualified)})};
    CHECK(state(delist::put_together({asked}, answers)) == BlockState::refused_auto);
    asked.events.push_back(event(RequestEventKind::replied, 3));
    CHECK(state(delist::put_together({asked}, answers)) == BlockState::in_review);
    answers.push_back(answer(9, {says(Outcome::conditionally_mitigated)}));
    CHECK(state(delist::put_together({asked}, answers)) == BlockState::mitigated_limited);
    asked.events.push_back(event(RequestEventKind::replied, 200));
    CHECK(state(delist::put_together({asked}, answers)) == BlockState::requested);
}

TEST_CASE("requests: the order in which answers are read does not matter") {
    const std::vector<domain::SupportAnswer> answers{answer(5, {says(Outcome::mitigated)}),
                                                     answer(1, {says(Outcome::ack)})};
    CHECK(state(delist::put_together({request("192.0.2.10", "")}, answers)) == BlockState::mitigated_pending);
}
