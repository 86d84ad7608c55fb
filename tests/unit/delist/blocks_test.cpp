#include "delist/blocks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "store/send_log.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::BlockList;
using domain::RejectionCategory;
using domain::SentEvent;
using domain::SentStatus;
using reputation::BlockEventKind;
using reputation::BlockState;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;
constexpr util::Seconds hour = 3600;
constexpr util::Seconds day = 24 * hour;
constexpr const char* one_ip = "192.0.2.10";

domain::Ip ip(const char* text) {
    return *domain::parse_ip(text);
}

domain::Refused refused(const std::string& code, RejectionCategory category = RejectionCategory::ip_block,
                        std::optional<BlockList> list = BlockList::outlook_com,
                        BlockList servers = BlockList::outlook_com) {
    domain::Refused out;
    out.ip = ip(one_ip);
    out.servers = servers;
    out.list = list;
    out.category = category;
    out.code = code;
    out.text = "said " + code;
    out.rule = "x";
    return out;
}

/// A store with what a log and bounces told.
class Fixture {
  public:
    void attempt(util::Seconds at, SentStatus status, std::optional<domain::Refused> what = {},
                 const char* source = one_ip, const char* provider = "outlook.com") {
        domain::SentRecord out;
        out.server = "mta1";
        out.queue_id = "Q" + std::to_string(++number_) + "abcdefgh";
        out.recipient = *domain::parse_address("user@hotmail.com");
        out.provider = provider;
        if (source)
            out.source_ip = ip(source);
        out.status = status;
        out.at = at;
        if (what)
            out.refused = std::make_shared<const domain::Refused>(*what);
        events_.emplace_back(out);
    }
    void accepted(util::Seconds at) { attempt(at, SentStatus::accepted); }
    void blocked(util::Seconds at, const std::string& code = "S3140") {
        attempt(at, SentStatus::rejected, refused(code));
    }
    void limited(util::Seconds at) {
        attempt(at, SentStatus::deferred, refused("4.7.650", RejectionCategory::rate_limit));
    }
    void blocked_ip(util::Seconds at, const char* address) {
        domain::Refused what = refused("S3140");
        what.ip = ip(address);
        attempt(at, SentStatus::rejected, what, address);
    }

    void bounce(util::Seconds at, const domain::Refused& what, domain::BounceProof proof,
                const std::string& recipient = "user@hotmail.com") {
        std::vector<store::Prepared> prepared;
        prepared.push_back(store::prepare({"bounce " + std::to_string(++number_), false, "", "test", ""}));
        domain::Settlement settlement;
        settlement.message_id = store_.accept(prepared, "main", at).front();
        settlement.feed = "main";
        settlement.received_at = settlement.settled_at = at;
        settlement.kind = "bounce";
        settlement.bounce.emplace();
        settlement.bounce->recipients.push_back({0, 0, recipient, "failed", "5.7.1", what, at, proof});
        store_.settle(std::vector{settlement});
    }

    delist::Blocks look(util::Seconds now = noon, const delist::RequestEvents& requests = {}) {
        write();
        return delist::gather_blocks(store_, own_, now, requests);
    }
    reputation::BlockStanding standing(util::Seconds now = noon) { return look(now).blocks.at(0).standing; }

    domain::Evidence evidence(BlockList list = BlockList::outlook_com) {
        write();
        domain::Evidence out;
        out.ip = ip(one_ip);
        out.list = list;
        out.now = noon;
        delist::add_refusals(out, store_, own_);
        delist::add_deliveries(out, store_, own_, {});
        delist::add_fleet(out, store_, own_, {});
        return out;
    }

  protected:
    std::vector<domain::Network> own_{*domain::parse_network("192.0.2.0/24")};

  private:
    void write() {
        if (events_.empty())
            return;
        store::SendLogWriter(store_.options()).add(events_, nullptr, noon);
        events_.clear();
    }

    test::TemporaryDirectory folder_;
    store::Store store_{[&] {
        store::Options options;
        options.path = folder_.path() / "jmrp.db";
        return options;
    }()};
    std::vector<SentEvent> events_;
    int number_ = 0;
};

} // namespace

TEST_CASE_METHOD(Fixture, "blocks: a refusal of the address blocks it, mail that is taken later clears it") {
    accepted(noon - 3 * day);
    blocked(noon - 2 * day);
    blocked(noon - day, "S3150");
    auto found = look();
    REQUIRE(found.blocks.size() == 1);
    CHECK(found.blocks[0].standing.state == BlockState::blocked);
    CHECK(found.blocks[0].standing.since == noon - 2 * day);
    CHECK(found.blocks[0].standing.code == "S3150");
    CHECK(found.blocks[0].last_accepted == noon - 3 * day);
    CHECK(found.blocks[0].refusals() == 2);
    CHECK(found.blocks[0].reason()->refusals.refused.text == "said S3150");
    accepted(noon - hour);
    CHECK(standing().state == BlockState::clear);
    CHECK(standing().since == noon - hour);
}

TEST_CASE_METHOD(Fixture, "blocks: a rate limit is no block") {
    limited(noon - 2 * hour);
    CHECK(standing().state == BlockState::throttled);
    blocked(noon - hour);
    CHECK(standing().state == BlockState::blocked);
}

TEST_CASE_METHOD(Fixture, "blocks: refusals for other reasons are told and change no state") {
    attempt(noon, SentStatus::rejected, refused("5.7.515", RejectionCategory::authentication));
    const auto found = look();
    REQUIRE(found.blocks.size() == 1);
    CHECK(found.blocks[0].standing.state == BlockState::clear);
    CHECK(found.blocks[0].reason() == nullptr);
}

TEST_CASE_METHOD(Fixture, "blocks: each list has a state of its own, Spamhaus's as well") {
    blocked(noon - 3 * hour);
    attempt(noon - 3 * hour, SentStatus::rejected,
            refused("5.7.1", RejectionCategory::ip_block, BlockList::spamhaus, BlockList::office365), one_ip,
            "office365");
    accepted(noon - 2 * hour); // at Outlook.com
    const auto found = look();
    REQUIRE(found.blocks.size() == 2);
    CHECK(found.blocks[0].place.list == BlockList::spamhaus);
    CHECK(found.blocks[0].standing.state == BlockState::blocked);
    CHECK(found.blocks[1].place.list == BlockList::outlook_com);
    CHECK(found.blocks[1].standing.state == BlockState::clear);
}

TEST_CASE_METHOD(Fixture, "blocks: a bounce that nothing proves changes no state and is told apart") {
    bounce(noon - hour, refused("S3140"), domain::BounceProof::none);
    const auto found = look();
    CHECK(found.blocks.empty());
    REQUIRE(found.unproven.size() == 1);
    CHECK(found.unproven[0].refused.code == "S3140");
    bounce(noon - hour, refused("S3140"), domain::BounceProof::token);
    CHECK(standing().state == BlockState::blocked);
    CHECK(look().blocks[0].by_bounces() == 1);
}

TEST_CASE_METHOD(Fixture, "blocks: a refusal that the log knows and the bounce about it count once") {
    blocked(noon - hour);
    bounce(noon - hour + 30, refused("S3140"), domain::BounceProof::send_log);
    CHECK(look().blocks[0].refusals() == 1);
    bounce(noon - 4 * hour, refused("S3140"), domain::BounceProof::send_log); // the log has none then
    bounce(noon - 4 * hour, refused("S3140"), domain::BounceProof::send_log); // the same once more
    bounce(noon - 4 * hour, refused("S3140"), domain::BounceProof::send_log, "other@hotmail.com"); // another
    CHECK(look().blocks[0].refusals() == 3);
    CHECK(look().blocks[0].by_bounces() == 2);
}

TEST_CASE_METHOD(Fixture, "blocks: without an address in the log it is the only one there is, or nobody's") {
    domain::Refused what = refused("SC-001");
    what.ip.reset();
    attempt(noon - hour, SentStatus::rejected, what, nullptr);
    CHECK(look().blocks.empty());
    REQUIRE(look().of_nobody.size() == 1);
    own_ = {*domain::parse_network(one_ip)};
    CHECK(look().of_nobody.empty());
    CHECK(look().blocks.at(0).place.ip == ip(one_ip));
}

TEST_CASE_METHOD(Fixture,
                 "blocks: what is asked of support is part of the state, also where no refusal is remembered") {
    const delist::Place place{ip(one_ip), BlockList::outlook_com};
    blocked(noon - 2 * day);
    const delist::RequestEvents requests{{place, {{noon - day, BlockEventKind::submitted, {}, {}}}}};
    CHECK(look(noon, requests).blocks[0].standing.state == BlockState::requested);
    CHECK(look(noon + 60 * day, requests).blocks.size() == 1);
    CHECK(look(noon + 60 * day).blocks.empty());
}

TEST_CASE_METHOD(Fixture, "blocks: the blocked come first, then the throttled, then by newest refusal") {
    blocked(noon - 5 * hour);
    domain::Refused what = refused("4.7.650", RejectionCategory::rate_limit);
    what.ip = ip("192.0.2.11");
    attempt(noon - hour, SentStatus::deferred, what, "192.0.2.11");
    blocked_ip(noon - 2 * hour, "192.0.2.12");
    std::vector<std::string> order;
    for (const auto& block : look().blocks)
        order.push_back(block.place.ip.text());
    CHECK(order == std::vector<std::string>{"192.0.2.12", one_ip, "192.0.2.11"});
}

TEST_CASE_METHOD(Fixture, "evidence: refusals are those since the last accepted mail, by category, list and code") {
    CHECK_FALSE(evidence().refusals);
    CHECK_FALSE(evidence().deliveries);
    CHECK_FALSE(evidence().fleet);
    blocked(noon - 5 * day);
    accepted(noon - 4 * day);
    blocked(noon - 3 * day);
    blocked(noon - 2 * day);
    attempt(noon - day, SentStatus::rejected,
            refused("DY-001", RejectionCategory::ip_block, BlockList::spamhaus, BlockList::outlook_com));
    const auto found = evidence();
    REQUIRE(found.refusals);
    REQUIRE(found.refusals->value.size() == 2);
    const domain::Refusals& block = found.refusals->value[0];
    CHECK(block.code == "S3140");
    CHECK(block.count == 2);
    CHECK(block.first == noon - 3 * day);
    CHECK(block.last == noon - 2 * day);
    REQUIRE(block.newest);
    CHECK(block.newest->text == "said S3140");
    CHECK(found.refusals->value[1].list == BlockList::spamhaus);
    CHECK(found.refusals->source == "send log");
    CHECK(found.deliveries->value.last_accepted == noon - 4 * day);
    CHECK_FALSE(evidence(BlockList::office365).refusals);
}

TEST_CASE_METHOD(Fixture, "evidence: no refusal is known, and not unknown, where mail was taken") {
    accepted(noon - day);
    REQUIRE(evidence().refusals);
    CHECK(evidence().refusals->value.empty());
    CHECK_FALSE(evidence().deliveries->value.pause);
    CHECK_FALSE(evidence().deliveries->value.most_per_minute);
}

TEST_CASE_METHOD(Fixture, "evidence: the pause is the newest that was long enough, else the one that goes on") {
    blocked(noon - 4 * day);
    blocked(noon - 4 * day + 10);
    blocked(noon - 4 * day + 20);
    CHECK(evidence().deliveries->value.pause->began == noon - 4 * day + 20);
    CHECK_FALSE(evidence().deliveries->value.pause->ended);
    CHECK(evidence().deliveries->value.most_per_minute == 3);
    blocked(noon - 2 * day);
    blocked(noon - 2 * hour);
    const auto pause = *evidence().deliveries->value.pause;
    CHECK(pause.began == noon - 2 * day);
    CHECK(pause.ended == noon - 2 * hour);
}

TEST_CASE_METHOD(Fixture, "evidence: a pause before the refusals began is none of theirs") {
    accepted(noon - 10 * day);
    blocked(noon - 2 * hour);
    blocked(noon - hour);
    const auto pause = *evidence().deliveries->value.pause;
    CHECK(pause.began == noon - hour);
    CHECK_FALSE(pause.ended);
}

TEST_CASE_METHOD(Fixture,
                 "evidence: addresses that were blocked in the same hours are hit, those blocked before are not") {
    for (const char* address : {one_ip, "192.0.2.11", "192.0.2.12", "192.0.2.13"})
        attempt(noon - 10 * day, SentStatus::accepted, {}, address);
    blocked_ip(noon - 9 * day, "192.0.2.13"); // and goes on
    blocked_ip(noon - 5 * hour, "192.0.2.13");
    blocked_ip(noon - 5 * hour, one_ip);
    blocked_ip(noon - 6 * hour, "192.0.2.11");
    const auto fleet = *evidence().fleet;
    CHECK(fleet.value.addresses == 4);
    CHECK(fleet.value.hit == 2);
    CHECK(fleet.value.first_hit == noon - 6 * hour);
    CHECK_FALSE(fleet.value.complaints_rose);
}
