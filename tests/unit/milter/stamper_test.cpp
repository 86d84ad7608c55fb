#include "milter/stamper.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <thread>

#include "attribute/token.hpp"
#include "support/temporary_directory.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using namespace std::chrono_literals;

namespace {

struct Bench {
    test::TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "token.keys";
    std::vector<std::string> said;
    std::vector<domain::StampedMessage> kept;
    std::atomic<bool> fails = false;
    std::atomic<int> calls = 0;
    milter::KeyWatch keys{file};
    milter::TroubleLog troubles{[this](std::string_view line) { said.emplace_back(line); }};
    milter::RecipientLog recipients{[this](std::span<const domain::StampedMessage> messages) {
                                        ++calls;
                                        if (fails)
                                            throw util::Fault(util::FaultKind::busy, "write", "somebody else does");
                                        kept.insert(kept.end(), messages.begin(), messages.end());
                                    },
                                    2000ms, 20ms};
    milter::Stamper stamper{rules(), domain::TokenRules(), keys, recipients, troubles};

    static domain::StampingRules rules() {
        domain::StampingRules out;
        out.scope = domain::StampScope::all;
        out.headers = {"X-Jmrp-Token", "CFBL-Feedback-ID"};
        return out;
    }

    milter::Outcome stamp(std::vector<std::string> to, std::vector<std::vector<std::string>> stamps = {{}, {}},
                          const std::string& queue_id = "4XyZ") {
        milter::Letter letter;
        letter.sender = "<news@sender.example>";
        letter.recipients = std::move(to);
        letter.message_id = " <m@sender.example>";
        letter.stamps = std::move(stamps);
        return stamper.stamp({domain::parse_ip("127.0.0.1"), false}, letter, queue_id);
    }

    domain::TokenClaims claims(const std::string& token) {
        domain::TokenRules rules;
        rules.keys = std::make_shared<const util::KeyFile>(util::read_keyring(file));
        const auto opened = attribute::open_token(token, rules, util::now());
        CHECK(opened.status == domain::TokenStatus::opened);
        return opened.claims;
    }
};

} // namespace

TEST_CASE("milter: every field gets the same token") {
    Bench bench;
    util::add_key(bench.file, util::now());
    const milter::Outcome outcome = bench.stamp({"<a@outlook.example>"});
    REQUIRE(outcome.kind == milter::Outcome::Kind::stamped);
    REQUIRE(outcome.changes.size() == 2);
    CHECK(outcome.changes[0].header == "X-Jmrp-Token");
    CHECK(outcome.changes[0].remove == 0);
    CHECK(outcome.changes[0].add == outcome.changes[1].add);
    CHECK(bench.claims(outcome.changes[0].add).recipient->text() == "a@outlook.example");
    CHECK(bench.kept.empty());
}

TEST_CASE("milter: the recipients of a mail to many are kept before its token is given away") {
    Bench bench;
    util::add_key(bench.file, util::now());
    const milter::Outcome outcome = bench.stamp({"<a@outlook.example>", "<b@outlook.example>"});
    REQUIRE(outcome.changes.size() == 2);
    CHECK(bench.claims(outcome.changes[0].add).id == "4XyZ");
    REQUIRE(bench.kept.size() == 1);
    CHECK(bench.kept[0].id == "4XyZ");
    CHECK(bench.kept[0].message_id == "m@sender.example");
    CHECK(bench.kept[0].recipients.size() == 2);
}

TEST_CASE("milter: without keys what came with the mail is still taken away") {
    Bench bench;
    const milter::Outcome outcome = bench.stamp({"<a@outlook.example>"}, {{"x", ""}, {}});
    CHECK(outcome.kind == milter::Outcome::Kind::unstamped);
    REQUIRE(outcome.changes.size() == 1);
    CHECK(outcome.changes[0].remove == 2);
    CHECK(outcome.changes[0].add.empty());
    REQUIRE(bench.said.size() == 1);
    CHECK(bench.said[0].find("outlook") == std::string::npos);
}

TEST_CASE("milter: a token that came with the mail stays only where it is of its recipient and alone") {
    Bench bench;
    const util::Key key = util::add_key(bench.file, util::now());
    domain::TokenClaims claims;
    claims.recipient = domain::parse_address("a@outlook.example");
    claims.list = "weekly";
    claims.sealed_at = util::now() / 60 * 60;
    const std::string mine = attribute::seal_token(key, claims);
    const milter::Outcome outcome = bench.stamp({"<A@outlook.example>"}, {{mine}, {}});
    REQUIRE(outcome.changes.size() == 1);
    CHECK(outcome.changes[0].header == "CFBL-Feedback-ID");
    CHECK(outcome.changes[0].add == mine);
    for (const auto& there : {std::vector<std::string>{mine, ""}, std::vector<std::string>{"x"}}) {
        const milter::Outcome replaced = bench.stamp({"<a@outlook.example>"}, {there, {}});
        REQUIRE(replaced.changes.size() == 2);
        CHECK(replaced.changes[0].remove == there.size());
        CHECK(replaced.changes[0].add != mine);
    }
    CHECK(bench.stamp({"<b@outlook.example>"}, {{mine}, {}}).changes[0].add != mine);
    // sealed for a bounce, it says nothing here
    const std::string bounce = attribute::seal_token(key, claims, domain::TokenPurpose::bounce);
    CHECK(bench.stamp({"<a@outlook.example>"}, {{bounce}, {}}).changes[0].add != bounce);
}

TEST_CASE("milter: a mail to many goes without where its recipients cannot be kept or its id is not known") {
    Bench bench;
    util::add_key(bench.file, util::now());
    CHECK(bench.stamp({"<a@outlook.example>", "<b@outlook.example>"}, {{}, {}}, "").kind ==
          milter::Outcome::Kind::unstamped);
    bench.fails = true;
    CHECK(bench.stamp({"<a@outlook.example>", "<b@outlook.example>"}).kind == milter::Outcome::Kind::unstamped);
    CHECK(bench.stamp({"<a@outlook.example>"}).kind == milter::Outcome::Kind::stamped);
}

TEST_CASE("milter: after a failure nobody waits, and writing is taken up again by itself") {
    Bench bench;
    bench.fails = true;
    CHECK_FALSE(bench.recipients.keep({"1", "", {}, 0}).empty());
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i)
        CHECK_FALSE(bench.recipients.keep({"2", "", {}, 0}).empty());
    CHECK(std::chrono::steady_clock::now() - begun < 1s);
    bench.fails = false;
    std::string trouble = "not yet";
    for (int i = 0; i < 200 && !trouble.empty(); ++i) {
        std::this_thread::sleep_for(10ms);
        trouble = bench.recipients.keep({"3", "", {}, 0});
    }
    CHECK(trouble.empty());
    REQUIRE(bench.kept.size() == 1);
    CHECK(bench.kept[0].id == "3");
}

TEST_CASE("milter: a writer that hangs lets only the first ones wait, and what it took is written in the end") {
    std::mutex hold;
    std::atomic<int> written = 0;
    {
        std::unique_lock held(hold);
        milter::RecipientLog log(
            [&](std::span<const domain::StampedMessage> messages) {
                const std::lock_guard wait(hold);
                written += static_cast<int>(messages.size());
            },
            50ms, 10ms);
        CHECK_FALSE(log.keep({"1", "", {}, 0}).empty());
        const auto begun = std::chrono::steady_clock::now();
        for (int i = 0; i < 20; ++i)
            CHECK_FALSE(log.keep({"2", "", {}, 0}).empty());
        CHECK(std::chrono::steady_clock::now() - begun < 40ms);
        held.unlock();
    }
    CHECK(written == 1);
}

TEST_CASE("milter: many threads keep together what comes at the same time") {
    Bench bench;
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i)
                good += bench.recipients.keep({std::to_string(t * 100 + i), "", {}, 0}).empty() ? 1 : 0;
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(good == 800);
    std::set<std::string> ids;
    for (const auto& message : bench.kept)
        ids.insert(message.id);
    CHECK(ids.size() == 800);
    CHECK(bench.calls <= 800);
}

TEST_CASE("milter: trouble is told at once, then once a minute with its number, and so is its end") {
    std::vector<std::string> said;
    milter::TroubleLog log([&](std::string_view line) { said.emplace_back(line); });
    const auto begun = milter::TroubleLog::Clock::now();
    log.good("the keys");
    CHECK(said.empty());
    for (int second = 0; second < 150; ++second)
        log.bad("the keys", "they are away", begun + std::chrono::seconds(second));
    log.bad("the database", "locked", begun);
    log.good("the keys");
    log.good("the keys");
    CHECK(said ==
          std::vector<std::string>{"the keys: they are away (1 message(s))", "the keys: they are away (60 message(s))",
                                   "the keys: they are away (60 message(s))", "the database: locked (1 message(s))",
                                   "the keys: well again (29 more message(s) before that)"});
}

TEST_CASE("milter: keys that cannot be read leave the old ones in use, keys that are gone leave none") {
    test::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "token.keys";
    util::add_key(file, util::now());
    milter::KeyWatch watch(file);
    const auto first = watch.keys();
    REQUIRE(first.ring);
    CHECK(first.trouble.empty());
    std::ofstream(file) << "no key\n";
    std::this_thread::sleep_for(1100ms);
    const auto second = watch.keys();
    CHECK(second.ring == first.ring);
    CHECK_FALSE(second.trouble.empty());
    std::filesystem::remove(file);
    std::this_thread::sleep_for(1100ms);
    CHECK_FALSE(watch.keys().ring);
    util::add_key(file, util::now());
    std::this_thread::sleep_for(1100ms);
    CHECK(watch.keys().ring);
}
