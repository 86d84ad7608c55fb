// What settling writes of bounces, and what becomes of it.
#include <algorithm>
#include <catch2/catch.hpp>

#include "store/forget.hpp"
#include "store/store.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::BounceProof;
using domain::Disposition;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

domain::Address address(const char* text) {
    return *domain::parse_address(text);
}

class Fixture {
  public:
    domain::Settlement bounce(const char* recipient, BounceProof proof, bool suppress, util::Seconds at = noon) {
        std::vector<store::Prepared> prepared;
        prepared.push_back(
            store::prepare({"To: " + std::string(recipient) + " " + std::to_string(++number_), false, "", "test", ""}));
        domain::Settlement out;
        out.message_id = store_.accept(prepared, "main", at).front();
        out.feed = "main";
        out.received_at = out.settled_at = at;
        out.kind = "bounce";
        out.disposition = suppress                     ? Disposition::bounce_suppressed
                          : proof == BounceProof::none ? Disposition::bounce_unverified
                                                       : Disposition::bounce;
        out.bounce.emplace();
        domain::Refused refused;
        refused.servers = domain::BlockList::outlook_com;
        refused.category = domain::RejectionCategory::ip_block;
        refused.code = "S3140";
        refused.text = "x\0y\xFF";
        out.bounce->recipients.push_back({0, 0, address(recipient).key(), "failed", "5.1.1", refused, at, proof});
        if (suppress)
            out.bounce->suppress.emplace_back(address(recipient));
        if (proof == BounceProof::none) {
            out.bounce->unproven.emplace();
            out.bounce->unproven->message_id = "m1@sender.example";
            out.bounce->unproven->queue_ids = {"Q1", "Q2"};
        }
        return out;
    }
    void settle(const domain::Settlement& settlement) { store_.settle(std::span(&settlement, 1)); }

    domain::Suppression suppression(const char* recipient) {
        const auto story = store_.suppression_story(address(recipient), noon);
        return story.suppressions.empty() ? domain::Suppression{} : story.suppressions.front();
    }
    std::int64_t count(const char* disposition) {
        for (const auto& [name, messages] : store_.status(noon).dispositions)
            if (name == disposition)
                return messages;
        return 0;
    }

  protected:
    test::TemporaryDirectory folder_;
    store::Options options_ = [this] {
        store::Options options;
        options.path = folder_.path() / "jmrp.db";
        return options;
    }();
    store::Store store_{options_};
    int number_ = 0;
};

} // namespace

TEST_CASE_METHOD(Fixture, "bounces: a refusal comes back as it was told, hostile text included") {
    settle(bounce("user@hotmail.com", BounceProof::token, false));
    const auto found = store_.bounced(noon);
    REQUIRE(found.size() == 1);
    CHECK(found[0].address_key == "user@hotmail.com");
    CHECK(found[0].refused.code == "S3140");
    CHECK(found[0].refused.servers == domain::BlockList::outlook_com);
    CHECK(found[0].proof == BounceProof::token);
    CHECK(found[0].at == noon);
    CHECK(store_.bounced(noon + 1).empty());
    CHECK(count("bounce") == 1);
}

TEST_CASE_METHOD(Fixture, "bounces: one of a mailbox that does not exist suppresses, for the weakest reason by mail") {
    settle(bounce("gone@hotmail.com", BounceProof::token, true));
    const domain::Suppression one = suppression("gone@hotmail.com");
    CHECK(one.active);
    CHECK(one.reason == domain::Reason::bounce);
    CHECK(one.reports == 0);
    CHECK(one.complaints == 0);
    const auto story = store_.suppression_story(address("gone@hotmail.com"), noon);
    REQUIRE(story.reports.size() == 1);
    CHECK(story.reports[0].feedback_type == "bounce");
    CHECK(story.reports[0].verdict == "token");
    domain::SuppressionDecision decision;
    decision.person = address("gone@hotmail.com");
    decision.add = false;
    decision.note = "there again";
    decision.decided_at = noon;
    store_.decide_suppressions(std::span(&decision, 1));
    CHECK_FALSE(suppression("gone@hotmail.com").active);
    decision.add = true;
    decision.reason = domain::Reason::unsubscribe;
    store_.decide_suppressions(std::span(&decision, 1));
    CHECK(suppression("gone@hotmail.com").reason == domain::Reason::unsubscribe);
}

TEST_CASE_METHOD(Fixture, "bounces: nothing counts them as reports or complaints") {
    settle(bounce("gone@hotmail.com", BounceProof::token, true));
    CHECK(store_.feed_days(0).empty());
    int counts = 0;
    store_.for_each_complaint_count({}, [&](const auto&) { ++counts; });
    CHECK(counts == 0);
    CHECK_FALSE(store_.status(noon).feeds.at(0).last_report);
    int histories = 0;
    store_.for_each_repeated_complaint(0, [&](const auto&) { ++histories; });
    CHECK(histories == 0);
}

TEST_CASE_METHOD(Fixture, "bounces: beyond the pace nobody is suppressed") {
    for (const char* recipient : {"a@hotmail.com", "b@hotmail.com"}) {
        domain::Settlement settlement = bounce(recipient, BounceProof::verp, true);
        settlement.bounce->pace_per_hour = 1;
        settle(settlement);
    }
    CHECK(suppression("a@hotmail.com").active);
    CHECK_FALSE(suppression("b@hotmail.com").active);
    CHECK(count("bounce-suppressed") == 1);
    CHECK(count("bounce") == 1);
}

TEST_CASE_METHOD(Fixture, "bounces: those that nothing proves can be settled again, and leave nothing behind") {
    settle(bounce("user@hotmail.com", BounceProof::none, false));
    settle(bounce("other@hotmail.com", BounceProof::verp, false));
    const auto unproven = store_.unproven_bounces(noon, 10);
    REQUIRE(unproven.size() == 1);
    CHECK(unproven[0].returned_id == "m1@sender.example");
    CHECK(unproven[0].queue_ids == std::vector<std::string>{"Q1", "Q2"});
    CHECK(unproven[0].recipients == std::vector<std::string>{"user@hotmail.com"});
    CHECK(store_.unproven_bounces(noon + 1, 10).empty());
    const std::vector<std::int64_t> all{unproven[0].message_id, unproven[0].message_id + 1};
    store_.settle_bounces_again(all);
    CHECK(store_.unproven_bounces(noon, 10).empty());
    CHECK(store_.bounced(0).size() == 1); // the proven one stays
    CHECK(count("bounce-unverified") == 0);
    CHECK(store_.claim(10).size() == 1);
}

TEST_CASE_METHOD(Fixture, "bounces: of a person who is forgotten the refusal stays, through a rebuild") {
    settle(bounce("user@hotmail.com", BounceProof::send_log, true));
    store::forget(options_, address("user@hotmail.com"), noon);
    REQUIRE(store_.bounced(0).size() == 1);
    CHECK(store_.bounced(0)[0].address_key.empty());
    store_.begin_rebuild(noon);
    CHECK(store_.bounced(0).size() == 1);
    CHECK(store_.claim(10).empty());
    store_.dump([](std::string_view line) { CHECK(line.find("user@") == std::string_view::npos); });
}
