#include "handover/run.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "store/locks.hpp"
#include "support/temporary_directory.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using handover::Result;
using test::TemporaryDirectory;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

struct Fixture {
    TemporaryDirectory folder;
    std::filesystem::path database = folder.path() / "jmrp.db";
    store::Store store{[&] {
        store::Options options;
        options.path = database;
        return options;
    }()};
    domain::Consumer consumer;

    Fixture() {
        consumer.name = "mta";
        consumer.format = "text";
        consumer.to = folder.path() / "list";
    }

    void decide(const std::string& address, bool add = true, const char* scope = "") {
        domain::SuppressionDecision decision;
        decision.person = *domain::parse_person(address);
        decision.scope = *domain::parse_scope(scope);
        decision.add = add;
        decision.decided_at = noon;
        store.decide_suppressions(std::span(&decision, 1));
    }

    handover::Outcome run(const handover::Wishes& wishes = {}, util::Seconds at = noon) {
        return hand_over(store, database, consumer, wishes, at);
    }

    std::string file() const {
        std::ifstream stream(consumer.to);
        std::ostringstream out;
        out << stream.rdbuf();
        return stream ? out.str() : "none";
    }

    domain::ConsumerState state() { return store.consumer("mta"); }
};

} // namespace

TEST_CASE_METHOD(Fixture,
                 "handover: a file has everybody, is written when something changed, and is whole at all times") {
    decide("b@example.com");
    decide("a@example.com");
    CHECK(run().result == Result::done);
    CHECK(file() == "a@example.com\nb@example.com\n");
    std::filesystem::last_write_time(consumer.to, std::filesystem::file_time_type{});
    CHECK(run().result == Result::nothing_new);
    CHECK(std::filesystem::last_write_time(consumer.to) == std::filesystem::file_time_type{});
    decide("b@example.com", false);
    CHECK(run().result == Result::done);
    CHECK(file() == "a@example.com\n");
    std::filesystem::remove(consumer.to);
    CHECK(run().result == Result::done); // somebody took it away
    CHECK(file() == "a@example.com\n");
}

TEST_CASE_METHOD(Fixture, "handover: a target of news gets what is new, with removals where it has a word for them") {
    consumer.format = "mlmmj";
    consumer.after = {"true"};
    decide("a@example.com");
    CHECK(run().result == Result::done);
    CHECK(file() == "a@example.com\n");
    decide("b@example.com");
    decide("a@example.com", false);
    const handover::Outcome outcome = run();
    CHECK(outcome.totals.unsaid == 1);
    CHECK(file() == "b@example.com\n");
    decide("b@example.com", false);
    CHECK(run().result == Result::nothing_new); // nothing that could be said
    CHECK(file() == "b@example.com\n");
    CHECK(store.lag(state().cursor, noon).changes == 0);
}

TEST_CASE_METHOD(Fixture, "handover: without a command, news wait until somebody took the last file") {
    consumer.format = "mlmmj";
    decide("a@example.com");
    CHECK(run().result == Result::done);
    decide("b@example.com");
    CHECK(run().result == Result::put_off);
    CHECK(file() == "a@example.com\n");
    CHECK(state().failures == 0);
    std::filesystem::remove(consumer.to);
    CHECK(run().result == Result::done);
    CHECK(file() == "b@example.com\n");
}

TEST_CASE_METHOD(Fixture, "handover: a command that fails leaves the consumer where it was, and is tried again") {
    consumer.format = "mlmmj";
    consumer.after = {"false"};
    decide("a@example.com");
    CHECK(run().result == Result::failed);
    CHECK(run().result == Result::failed);
    CHECK(state().failures == 2);
    CHECK(state().last_error.find("ended with 1") != std::string::npos);
    CHECK(store.lag(state().cursor, noon).changes == 1);
    consumer.after = {"true"};
    decide("b@example.com");
    CHECK(run().result == Result::done);
    CHECK(file() == "a@example.com\nb@example.com\n");
    CHECK(state().failures == 0);
    CHECK(state().last_ok == noon);
}

TEST_CASE_METHOD(Fixture, "handover: a file that cannot be written is a failure of its consumer") {
    consumer.to = folder.path() / "no such folder" / "list";
    decide("a@example.com");
    CHECK(run().result == Result::failed);
    CHECK(state().cursor == domain::Cursor{});
}

TEST_CASE_METHOD(Fixture,
                 "handover: a consumer of one scope hears of global ones and its own, and of nobody else's removal") {
    consumer.format = "jsonl";
    consumer.filter.scope = domain::parse_scope("list:news");
    decide("all@example.com");
    decide("news@example.com", true, "list:news");
    decide("shop@example.com", true, "list:shop");
    CHECK(run().totals.added == 2);
    CHECK(file().find("shop@example.com") == std::string::npos);
    decide("shop@example.com", false, "list:shop");
    CHECK(run().result == Result::nothing_new);
}

TEST_CASE_METHOD(Fixture, "handover: another form, or the wish, brings everything") {
    decide("a@example.com");
    run();
    consumer.filter.reasons = {domain::Reason::complaint};
    CHECK(run().full);
    CHECK(file().empty());
    CHECK(run().result == Result::nothing_new);
    CHECK(run({.full = true}).full);
}

TEST_CASE_METHOD(Fixture, "handover: a dry run changes nothing") {
    decide("a@example.com");
    const handover::Outcome outcome = run({.dry_run = true});
    CHECK(outcome.totals.added == 1);
    CHECK(file() == "none");
    CHECK(state().form.empty());
}

TEST_CASE_METHOD(Fixture, "handover: one run of a consumer at a time") {
    decide("a@example.com");
    const store::ExportLock other(database, "mta");
    REQUIRE(other.held());
    CHECK(run().result == Result::put_off);
    CHECK(file() == "none");
}

TEST_CASE_METHOD(Fixture, "handover: what expired is told as removed") {
    domain::SuppressionDecision decision;
    decision.person = *domain::parse_person("a@example.com");
    decision.expires_at = noon + 60;
    store.decide_suppressions(std::span(&decision, 1));
    CHECK(run().totals.added == 1);
    CHECK(run({}, noon + 59).result == Result::nothing_new);
    CHECK(run({}, noon + 60).result == Result::done);
    CHECK(file().empty());
    CHECK(run({}, noon + 61).result == Result::nothing_new);
}

TEST_CASE_METHOD(Fixture, "handover: while a rebuild is under way everything waits") {
    domain::RawMessage raw;
    raw.bytes = "a message";
    store::Prepared prepared = store::prepare(raw);
    store.accept(std::span(&prepared, 1), "feed", noon);
    decide("a@example.com");
    run();
    store.begin_rebuild(1);
    decide("b@example.com");
    CHECK(run().result == Result::put_off);
    CHECK(file() == "a@example.com\n");
    const handover::Wanted wanted{exports::format_named("text"), {}, {}};
    CHECK_THROWS_AS(write_everybody(store, wanted, noon, [](std::string_view) {}), util::Fault);
}

TEST_CASE_METHOD(Fixture, "handover: the file keeps its owner and mode, and a new one is not for everybody") {
    decide("a@example.com");
    run();
    struct stat found {};
    REQUIRE(::stat(consumer.to.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0640);
    ::chmod(consumer.to.c_str(), 0644);
    decide("b@example.com");
    run();
    REQUIRE(::stat(consumer.to.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0644);
}

TEST_CASE_METHOD(Fixture,
                 "handover: since a cursor, what changed is told as it is now; older than the journal is refused") {
    decide("a@example.com");
    const domain::Cursor cursor = store.newest_change(noon);
    decide("b@example.com");
    decide("a@example.com", false);
    std::string out;
    const handover::Wanted wanted{exports::format_named("jsonl"), {}, {}};
    const exports::Totals totals = write_changes(store, wanted, cursor, store.newest_change(noon), noon,
                                                 [&](std::string_view bytes) { out += bytes; });
    CHECK(totals.added == 1);
    CHECK(totals.removed == 1);
    CHECK(out.find("\"address\":\"a@example.com\"") != std::string::npos);
    CHECK(out.find("\"active\":false") != std::string::npos);
    store.prune_changes(noon + 40 * 86400);
    CHECK_THROWS_AS(write_changes(store, wanted, {}, store.newest_change(noon), noon, [](std::string_view) {}),
                    util::Fault);
}

TEST_CASE_METHOD(Fixture, "handover: it is remembered when the target had what, and what it asked for") {
    const auto run_that_takes_five_seconds = [&](util::Seconds at, const handover::Wishes& wishes = {}) {
        ::setenv("JMRP_NOW", std::to_string(at + 5).c_str(), 1);
        const handover::Outcome outcome = run(wishes, at);
        ::unsetenv("JMRP_NOW");
        return outcome;
    };
    consumer.after = {"false"};
    decide("a@example.com");
    run_that_takes_five_seconds(noon);
    CHECK(store.export_runs().empty()); // a failure is no export
    consumer.after = {"true"};
    run_that_takes_five_seconds(noon, {.dry_run = true});
    CHECK(store.export_runs().empty());
    run_that_takes_five_seconds(noon);
    run_that_takes_five_seconds(noon + 60); // nothing new
    consumer.filter.reasons = {domain::Reason::complaint};
    run_that_takes_five_seconds(noon + 3600);
    const auto runs = store.export_runs();
    REQUIRE(runs.size() == 2);
    CHECK(runs.front().at == noon + 5);
    CHECK(runs.front().covers_until == noon + 60 - domain::settled_in_time);
    CHECK(runs.front().filter == domain::SuppressionFilter{});
    CHECK(runs.back().at == noon + 3605);
    CHECK(runs.back().filter == consumer.filter);
}
