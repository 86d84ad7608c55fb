#include <algorithm>
#include <catch2/catch.hpp>

#include "store/store.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::Scope;
using domain::SuppressionDecision;
using test::TemporaryDirectory;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;
constexpr util::Seconds day = 86400;
const Scope everywhere;
const Scope news = *domain::parse_scope("list:news");

struct Fixture {
    TemporaryDirectory folder;
    store::Store store{[&] {
        store::Options options;
        options.path = folder.path() / "jmrp.db";
        return options;
    }()};

    /// A complaint that is kept and settled now; returns its message.
    std::int64_t complain(const std::string& address, const Scope& scope = everywhere) {
        domain::RawMessage raw;
        raw.bytes = "message " + std::to_string(++messages_);
        store::Prepared prepared = store::prepare(raw);
        store.accept(std::span(&prepared, 1), "feed", noon);
        const auto claimed = store.claim(1);
        REQUIRE(claimed.size() == 1);
        settle(claimed.front().message_id, address, scope);
        return claimed.front().message_id;
    }

    void settle(std::int64_t message, const std::string& address, const Scope& scope = everywhere) {
        domain::Settlement out;
        out.message_id = message;
        out.feed = "feed";
        out.received_at = noon;
        out.kind = "feedback-report";
        out.disposition = domain::Disposition::complaint_suppressed;
        domain::Settlement::Report row;
        row.identity = util::digest("report", std::to_string(message));
        row.report.complaint = true;
        row.report.recipient.from = "token: X";
        row.report.authenticity.verdict = domain::Verdict::authentic;
        row.scope = scope;
        if (!address.empty())
            row.named = row.suppress = {*domain::parse_person(address)};
        out.report = row;
        store.settle(std::span(&out, 1));
    }

    std::size_t decide(
        const char* address, bool add, const Scope& scope = everywhere,
        const std::function<void(SuppressionDecision&)>& more = [](SuppressionDecision&) {}) {
        SuppressionDecision decision;
        decision.person = *domain::parse_person(address);
        decision.scope = scope;
        decision.add = add;
        decision.note = "a note";
        decision.decided_by = "admin";
        decision.decided_at = noon;
        more(decision);
        return store.decide_suppressions(std::span(&decision, 1));
    }

    /// "user@example.com list:news complaint", in order.
    std::vector<std::string> active(util::Seconds at = noon) {
        std::vector<std::string> out;
        store.for_each_suppression(at, [&](const domain::Suppression& one) {
            if (one.active)
                out.push_back(one.person + " " + one.scope.text() + " " + std::string(to_text(one.reason)));
        });
        return out;
    }

    std::vector<std::string> changed(const domain::Cursor& since, util::Seconds at = noon) {
        std::vector<std::string> out;
        const auto changes = store.changes(since, store.newest_change(at));
        REQUIRE(changes);
        for (const auto& [key, scope] : *changes)
            out.push_back(key + " " + scope.text());
        return out;
    }

  private:
    int messages_ = 0;
};

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(Fixture, "suppressions: ranges of keys hold everybody once, wherever they end") {
    for (const char* person : {"a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com"})
        complain(person);
    for (const char* person : {"0@example.com", "b@example.com", "cc@example.com", "\u00fc@example.com"})
        decide(person, true);
    const Texts whole = active();
    REQUIRE(whole.size() == 8);
    for (const std::int64_t rows : {0, 1, 2, 3, 4, 100}) {
        INFO(rows);
        Texts parts;
        store::KeyRange range;
        int ranges = 0;
        do {
            range.up_to = store.key_further(range.after, rows);
            store.for_each_suppression_in(range, noon, store::Detail::all, [&](const domain::Suppression& one) {
                parts.push_back(one.person + " " + one.scope.text() + " " + std::string(to_text(one.reason)));
                return true;
            });
            range.after = range.up_to.value_or("");
            REQUIRE(++ranges < 20);
        } while (range.up_to);
        CHECK(parts == whole);
        CHECK((ranges == 1) == (rows == 100));
    }
}

TEST_CASE_METHOD(Fixture, "suppressions: each scope has a life of its own") {
    complain("User@example.com");
    complain("user@example.com", news);
    complain("other@example.com", news);
    CHECK(active() == Texts{"other@example.com list:news complaint", "User@example.com global complaint",
                            "user@example.com list:news complaint"});
    decide("user@example.com", false, news);
    CHECK(active() == Texts{"other@example.com list:news complaint", "User@example.com global complaint"});
    complain("user@example.com", news);
    CHECK(active().size() == 3);
}

TEST_CASE_METHOD(Fixture, "suppressions: the story tells the report, the rung and the verdict it rests on") {
    const std::int64_t first = complain("user@example.com");
    const std::int64_t second = complain("user@example.com");
    CHECK(first < second);
    const auto story = store.suppression_story(*domain::parse_person("USER@example.com"), noon);
    REQUIRE(story.suppressions.size() == 1);
    CHECK(story.suppressions.front().message_id == second);
    CHECK(story.suppressions.front().reports == 2);
    REQUIRE(story.reports.size() == 2);
    CHECK(story.reports.front().message_id == first);
    CHECK(story.reports.front().recipient_from == "token: X");
    CHECK(story.reports.front().verdict == "authentic");
    CHECK(story.reports.front().suppresses);
}

TEST_CASE_METHOD(Fixture, "suppressions: what a person adds for a time ends, what a report says does not") {
    const auto for_a_day = [](SuppressionDecision& decision) { decision.expires_at = noon + day; };
    decide("hand@example.com", true, everywhere, for_a_day);
    complain("both@example.com");
    decide("both@example.com", true, everywhere, for_a_day);
    CHECK(active(noon).size() == 2);
    CHECK(active(noon + day - 1).size() == 2);
    CHECK(active(noon + day) == Texts{"both@example.com global complaint"});
}

TEST_CASE_METHOD(Fixture, "suppressions: an expired addition does not bring back what was lifted before it") {
    complain("user@example.com");
    decide("user@example.com", false);
    decide("user@example.com", true, everywhere,
           [](SuppressionDecision& decision) { decision.expires_at = noon + day; });
    CHECK(active(noon).size() == 1);
    CHECK(active(noon + day).empty());
}

TEST_CASE_METHOD(Fixture, "suppressions: the reason is the strongest of those in force") {
    decide("user@example.com", true, everywhere,
           [](SuppressionDecision& decision) { decision.reason = domain::Reason::imported; });
    CHECK(active() == Texts{"user@example.com global import"});
    complain("user@example.com");
    CHECK(active() == Texts{"user@example.com global complaint"});
    decide("user@example.com", false);
    decide("user@example.com", true);
    CHECK(active() == Texts{"user@example.com global manual"});
}

TEST_CASE_METHOD(Fixture, "suppressions: saying the same again is no decision, and what is sticky is not made less") {
    const auto sticky = [](SuppressionDecision& decision) { decision.sticky = true; };
    CHECK(decide("user@example.com", true) == 1);
    CHECK(decide("USER@example.com", true) == 0);
    CHECK(decide("user@example.com", true, everywhere, sticky) == 1);
    CHECK(decide("user@example.com", true) == 0);
    CHECK(decide("user@example.com", true, everywhere,
                 [](SuppressionDecision& decision) { decision.expires_at = noon; }) == 0);
    CHECK(decide("user@example.com", false) == 1);
    CHECK(decide("user@example.com", false) == 1); // messages may have come between
    CHECK(decide("user@example.com", true) == 1);
}

TEST_CASE_METHOD(Fixture, "suppressions: many are looked up at once, as the list has them") {
    complain("b@example.com");
    complain("b@example.com", news);
    decide("d@example.com", true);
    const Texts keys{"d@example.com", "a@example.com", "b@example.com", ""};
    Texts seen;
    store.look_up_suppressions(keys, noon, [&](std::size_t index, const domain::Suppression& one) {
        seen.push_back(std::to_string(index) + " " + one.key + " " + one.scope.text());
    });
    CHECK(seen == Texts{"0 d@example.com global", "2 b@example.com global", "2 b@example.com list:news"});
}

TEST_CASE_METHOD(Fixture, "changes: each person and scope once, from where the reader was") {
    CHECK(changed({}).empty());
    complain("b@example.com");
    complain("a@example.com");
    complain("b@example.com");
    const domain::Cursor cursor = store.newest_change(noon);
    CHECK(changed({}) == Texts{"a@example.com global", "b@example.com global"});
    CHECK(changed(cursor).empty());
    decide("b@example.com", false, news);
    CHECK(changed(cursor) == Texts{"b@example.com list:news"});
    CHECK(store.lag(cursor, noon).changes == 1);
    CHECK(store.lag(cursor, noon).since == noon);
    CHECK_FALSE(store.lag(store.newest_change(noon), noon).since);
}

TEST_CASE_METHOD(Fixture, "changes: a report that suppresses nobody is none") {
    complain("");
    CHECK(changed({}).empty());
}

TEST_CASE_METHOD(Fixture, "changes: what expires between two looks belongs to the second") {
    decide("user@example.com", true, everywhere,
           [](SuppressionDecision& decision) { decision.expires_at = noon + day; });
    const domain::Cursor cursor = store.newest_change(noon);
    CHECK(changed(cursor, noon + day - 1).empty());
    CHECK(changed(cursor, noon + day) == Texts{"user@example.com global"});
    CHECK(changed(store.newest_change(noon + day), noon + 2 * day).empty());
}

TEST_CASE_METHOD(Fixture, "changes: a rebuild asks again about all who were suppressed, and says when it is over") {
    const std::int64_t message = complain("user@example.com");
    const domain::Cursor cursor = store.newest_change(noon);
    CHECK_FALSE(store.is_rebuilding());
    store.begin_rebuild(1);
    CHECK(store.is_rebuilding());
    CHECK(changed(cursor) == Texts{"user@example.com global"});
    REQUIRE(store.claim(1).size() == 1);
    settle(message, "other@example.com");
    CHECK_FALSE(store.is_rebuilding());
    CHECK(changed(cursor) == Texts{"other@example.com global", "user@example.com global"});
}

TEST_CASE_METHOD(Fixture, "changes: what came after a rebuild began does not prolong it") {
    complain("user@example.com");
    store.begin_rebuild(1);
    settle(store.claim(1).front().message_id, "user@example.com");
    domain::RawMessage raw;
    raw.bytes = "a newer message";
    store::Prepared prepared = store::prepare(raw);
    store.accept(std::span(&prepared, 1), "feed", noon);
    CHECK_FALSE(store.is_rebuilding());
}

TEST_CASE_METHOD(Fixture, "consumers: how far each is stays") {
    domain::ConsumerState state = store.consumer("postfix");
    CHECK(state.form.empty());
    state.form = "a form";
    state.cursor = {5, noon};
    state.last_ok = noon;
    state.last_tried = noon + 1;
    state.failures = 2;
    state.last_error = "why";
    store.keep_consumer(state);
    store.consumer("another");
    const auto all = store.consumers();
    REQUIRE(all.size() == 2);
    CHECK(all.front().name == "another");
    CHECK(all.back().cursor == domain::Cursor{5, noon});
    CHECK(all.back().last_ok == noon);
    CHECK(all.back().last_tried == noon + 1);
    CHECK(all.back().failures == 2);
    CHECK(all.back().last_error == "why");
    CHECK(all.back().form == "a form");
}

TEST_CASE_METHOD(Fixture, "changes: the journal is shortened to what some consumer lacks or a month holds") {
    const auto now = noon + 100 * day;
    decide("old@example.com", true);
    decide("older@example.com", true);
    domain::ConsumerState slow = store.consumer("slow");
    slow.cursor = {1, noon};
    slow.last_tried = now;
    store.keep_consumer(slow);
    decide("new@example.com", true, everywhere, [&](SuppressionDecision& decision) { decision.decided_at = now; });
    store.prune_changes(now);
    CHECK(changed(slow.cursor).size() == 2);
    CHECK_FALSE(store.changes({}, store.newest_change(now))); // that is gone, and it says so
    slow.cursor = store.newest_change(now);
    store.keep_consumer(slow);
    store.prune_changes(now);
    CHECK(changed({2, noon}) == Texts{"new@example.com global"}); // for a month
    CHECK_FALSE(store.changes({1, noon}, store.newest_change(now)));
}

TEST_CASE_METHOD(Fixture, "changes: a consumer that nobody runs any more holds nothing up") {
    decide("old@example.com", true);
    domain::ConsumerState dead = store.consumer("dead");
    dead.last_tried = noon;
    store.keep_consumer(dead);
    store.prune_changes(noon + 31 * day);
    CHECK_FALSE(store.changes({}, store.newest_change(noon)));
}

TEST_CASE("cursor: what is written is read again") {
    const domain::Cursor cursor{4711, noon};
    CHECK(domain::parse_cursor(cursor.text()) == cursor);
    CHECK(domain::parse_cursor("0") == domain::Cursor{});
    for (const char* text : {"", "1", "@", "1@", "@1", "-1@1", "1@99999999999999999999", "x@1"})
        CHECK_FALSE(domain::parse_cursor(text));
}
