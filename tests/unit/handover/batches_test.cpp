#include "handover/batches.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "support/temporary_directory.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using exports::Change;
using exports::Verdict;
using handover::Result;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

struct Fixture {
    test::TemporaryDirectory folder;
    std::filesystem::path database = folder.path() / "jmrp.db";
    store::Store store{[&] {
        store::Options options;
        options.path = database;
        return options;
    }()};
    domain::Consumer consumer;
    handover::Receiver receiver;
    std::set<std::string> has;           ///< what the target has
    std::vector<std::size_t> sizes;      ///< of the batches that it was told
    std::optional<std::size_t> fails_at; ///< batch at which it is not there
    std::set<std::string> refuses;       ///< a batch with one of these is refused as a whole
    Verdict::Kind answer = Verdict::Kind::done;

    Fixture() {
        consumer.name = "app";
        consumer.format = "webhook";
        consumer.server.url = "https://app.example.org";
        receiver.most_added = 10;
        receiver.most_removed = 10;
        receiver.carries = [](const domain::Suppression& one) { return !one.key.starts_with('@'); };
        receiver.take = [this](std::span<const Change> batch) { return take(batch); };
    }

    Verdict take(std::span<const Change> batch) {
        if (fails_at == sizes.size())
            throw util::Fault(util::FaultKind::network, "ask", "it is not there");
        sizes.push_back(batch.size());
        for (const Change& change : batch)
            if (refuses.contains(change.suppression.key))
                return {Verdict::Kind::refused, "it answers 422"};
        if (answer != Verdict::Kind::done)
            return {answer, "it answers 401"};
        for (const Change& change : batch)
            change.add ? static_cast<void>(has.insert(change.suppression.key))
                       : static_cast<void>(has.erase(change.suppression.key));
        return {};
    }

    void decide(const std::string& address, bool add = true, const char* scope = "",
                std::optional<util::Seconds> expires_at = std::nullopt) {
        domain::SuppressionDecision decision;
        decision.person = *domain::parse_person(address);
        decision.scope = *domain::parse_scope(scope);
        decision.add = add;
        decision.expires_at = expires_at;
        decision.decided_at = noon;
        store.decide_suppressions(std::span(&decision, 1));
    }
    void decide_many(int first, int last, bool add = true) {
        for (int i = first; i < last; ++i)
            decide("a" + std::to_string(i) + "@example.com", add);
    }

    handover::Outcome run(const handover::Wishes& wishes = {}, util::Seconds at = noon) {
        sizes.clear();
        return hand_over_in_batches(store, database, consumer, receiver, wishes, at);
    }
    std::int64_t behind() { return handover::lags(store, {consumer}, noon).front().lag.changes; }
};

} // namespace

TEST_CASE_METHOD(Fixture, "batches: first everybody, then what is new, then nothing") {
    decide_many(0, 25);
    handover::Outcome outcome = run();
    CHECK(outcome.result == Result::done);
    CHECK(outcome.full);
    CHECK(outcome.totals.added == 25);
    CHECK(has.size() == 25);
    CHECK(sizes == std::vector<std::size_t>{10, 10, 5});
    CHECK(run().result == Result::nothing_new);
    CHECK(sizes.empty());
    decide("new@example.com");
    decide_many(0, 2, false);
    outcome = run();
    CHECK_FALSE(outcome.full);
    CHECK(outcome.totals.added == 1);
    CHECK(outcome.totals.removed == 2);
    CHECK(has.size() == 24);
    CHECK(behind() == 0);
}

TEST_CASE_METHOD(Fixture, "batches: who is not there in the middle of everybody is told the rest by the next run") {
    decide_many(0, 350);
    fails_at = 15;
    handover::Outcome outcome = run();
    CHECK(outcome.result == Result::failed);
    CHECK(has.size() == 150);
    CHECK(behind() > 0);
    fails_at.reset();
    decide("later@example.com");
    outcome = run();
    CHECK(outcome.result == Result::done);
    CHECK(has.size() == 351);
    CHECK(outcome.totals.added < 300); // not all of it again
    CHECK(behind() == 0);
}

TEST_CASE_METHOD(Fixture, "batches: who is not there in the middle of news is told the rest by the next run") {
    CHECK(run().result == Result::nothing_new);
    decide_many(0, 350);
    fails_at = 25;
    CHECK(run().result == Result::failed);
    CHECK(store.consumer("app").failures == 1);
    CHECK(has.size() == 250);
    CHECK(behind() == 150);
    fails_at.reset();
    const handover::Outcome outcome = run();
    CHECK(outcome.totals.added == 150);
    CHECK(has.size() == 350);
    CHECK(store.consumer("app").failures == 0);
}

TEST_CASE_METHOD(Fixture, "batches: one row that is refused is found, counted and left") {
    decide_many(0, 25);
    refuses = {"a7@example.com"};
    const handover::Outcome outcome = run();
    CHECK(outcome.result == Result::done);
    CHECK(outcome.totals.refused == 1);
    CHECK(outcome.totals.added == 24);
    CHECK(has.size() == 24);
    CHECK(run().result == Result::nothing_new);
}

TEST_CASE_METHOD(Fixture, "batches: a target that takes nothing and refuses one after the other keeps its cursor") {
    decide_many(0, 30);
    answer = Verdict::Kind::refused;
    CHECK(run().result == Result::failed);
    CHECK(behind() == 30);
    answer = Verdict::Kind::wrong;
    CHECK(run().result == Result::failed);
    CHECK(sizes.size() == 1);
    CHECK(store.consumer("app").last_error.find("401") != std::string::npos);
    answer = Verdict::Kind::done;
    CHECK(run().result == Result::done);
    CHECK(has.size() == 30);
}

TEST_CASE_METHOD(Fixture, "batches: a row a person, whatever the scopes, unless the target has a place for them") {
    decide("a@example.com", true, "list:news");
    decide("a@example.com", true, "list:shop");
    decide("b@example.com");
    CHECK(run().totals.added == 2);
    decide("a@example.com", false, "list:news");
    CHECK(run().totals.added == 1); // still suppressed for shop
    CHECK(has.contains("a@example.com"));
    decide("a@example.com", false, "list:shop");
    CHECK(run().totals.removed == 1);
    CHECK_FALSE(has.contains("a@example.com"));
    receiver.has_scopes = true;
    decide("c@example.com", true, "list:news");
    decide("c@example.com", true, "list:shop");
    CHECK(run().totals.added == 2);
}

TEST_CASE_METHOD(Fixture,
                 "batches: removals that a target has no word for and people it has no place for are counted") {
    receiver.most_removed = 0;
    decide("a@example.com");
    decide("@own:7");
    CHECK(run().totals.left_out == 1);
    decide("a@example.com", false);
    const handover::Outcome outcome = run();
    CHECK(outcome.totals.unsaid == 1);
    CHECK(outcome.result == Result::nothing_new);
    CHECK(behind() == 0);
}

TEST_CASE_METHOD(Fixture, "batches: who expires between two runs is taken back") {
    decide("a@example.com", true, "", noon + 60);
    decide_many(0, 3);
    CHECK(run().totals.added == 4);
    CHECK(run({}, noon + 61).totals.removed == 1);
    CHECK_FALSE(has.contains("a@example.com"));
}

TEST_CASE_METHOD(Fixture, "batches: a dry run and another target's form") {
    decide_many(0, 5);
    CHECK(run({false, true}).totals.added == 5);
    CHECK(has.empty());
    CHECK(behind() == 5);
    CHECK(run().result == Result::done);
    consumer.server.url = "https://other.example.org"; // which has nothing yet
    CHECK(run().totals.added == 5);
    CHECK(run({true, false}).totals.added == 5);
}

TEST_CASE_METHOD(Fixture, "batches: told to stop, it puts off what is left") {
    std::atomic<bool> stop = true;
    receiver.stop = &stop;
    decide_many(0, 5);
    CHECK(run().result == Result::put_off);
    stop = false;
    CHECK(run().result == Result::done);
}
