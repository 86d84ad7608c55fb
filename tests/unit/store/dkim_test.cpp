#include <catch2/catch.hpp>

#include "store/store.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::DkimFinding;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

struct Fixture {
    test::TemporaryDirectory folder;
    store::Store store{[&] {
        store::Options options;
        options.path = folder.path() / "jmrp.db";
        return options;
    }()};

    std::int64_t keep(const std::string& bytes) {
        domain::RawMessage raw;
        raw.bytes = bytes;
        store::Prepared prepared = store::prepare(raw);
        return store.accept(std::span(&prepared, 1), "feed", noon).front();
    }
    void want(std::int64_t id) { store.want_dkim(std::span(&id, 1), noon); }
    void found(std::int64_t id, DkimFinding finding) {
        const store::DkimKept kept{id, std::move(finding)};
        store.keep_dkim(std::span(&kept, 1), noon);
    }
};

} // namespace

TEST_CASE(
    "store: a message that waits for its signatures is not claimed until the finding is kept, and brings it along") {
    Fixture one;
    const std::int64_t waits = one.keep("one");
    const std::int64_t other = one.keep("two");
    one.want(waits);
    const auto claimed = one.store.claim(10);
    REQUIRE(claimed.size() == 1);
    CHECK(claimed.front().message_id == other);
    CHECK_FALSE(claimed.front().facts.dkim);
    CHECK(one.store.dkim_waiting_count() == 1);

    one.found(waits, {DkimFinding::Result::pass, {"a.example", "b.example"}, "why\xff"});
    CHECK(one.store.dkim_waiting_count() == 0);
    const auto again = one.store.claim(10);
    REQUIRE(again.size() == 1);
    CHECK(again.front().message_id == waits);
    CHECK(again.front().attempts == 1);
    REQUIRE(again.front().facts.dkim);
    CHECK(again.front().facts.dkim->result == DkimFinding::Result::pass);
    CHECK(again.front().facts.dkim->passed_domains == std::vector<std::string>{"a.example", "b.example"});
    CHECK(again.front().facts.dkim->detail == "why\xef\xbf\xbd");
}

TEST_CASE("store: a settlement that wants the signatures writes nothing and waits") {
    Fixture one;
    domain::Settlement settlement;
    settlement.message_id = one.keep("one");
    settlement.feed = "feed";
    settlement.received_at = noon;
    settlement.kind = "unrecognized";
    settlement.wants_dkim = true;
    one.store.settle(std::span(&settlement, 1));
    CHECK(one.store.status(0).dispositions.empty());
    CHECK_FALSE(one.store.has_unsettled());
    CHECK(one.store.dkim_waiting(10, noon).front().since == noon);
    one.store.settle(std::span(&settlement, 1)); // by somebody else meanwhile
    CHECK(one.store.dkim_waiting_count() == 1);
}

TEST_CASE("store: a message rests after a try, longer each time, and the least tried comes first") {
    Fixture one;
    const std::int64_t first = one.keep("one");
    one.want(first);
    CHECK(one.store.dkim_waiting(10, noon).front().tries == 1);
    CHECK(one.store.dkim_waiting(10, noon + 299).empty());
    CHECK(one.store.dkim_waiting_count(noon + 299) == 0);
    const std::int64_t second = one.keep("two");
    one.want(second);
    const auto both = one.store.dkim_waiting(10, noon + 300);
    REQUIRE(both.size() == 2);
    CHECK(both.front().message_id == second);
    CHECK(both.back().tries == 2);
    util::Seconds at = noon + 300;
    for (int tries = 3; tries < 20; ++tries) {
        at += 4 * 3600;
        CHECK(one.store.dkim_waiting(10, at).size() == 2);
    }
}

TEST_CASE("store: a rebuild settles what waits as well, and a finding survives it") {
    Fixture one;
    const std::int64_t waits = one.keep("one");
    one.want(waits);
    one.store.begin_rebuild(1);
    CHECK(one.store.dkim_waiting_count() == 0);
    CHECK(one.store.claim(10).size() == 1);
    one.found(waits, {DkimFinding::Result::fail, {}, ""}); // checked while the rebuild began
    one.store.begin_rebuild(1);
    const auto claimed = one.store.claim(10);
    REQUIRE(claimed.size() == 1);
    CHECK(claimed.front().facts.dkim->result == DkimFinding::Result::fail);
}

TEST_CASE("store: where nobody checks signatures any more, what waits is settled without") {
    Fixture one;
    one.want(one.keep("one"));
    one.store.stop_waiting_for_dkim();
    CHECK(one.store.dkim_waiting_count() == 0);
    CHECK(one.store.claim(10).size() == 1);
}
