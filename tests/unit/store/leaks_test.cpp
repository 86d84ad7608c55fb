#include <catch2/catch.hpp>

#include "store/forget.hpp"
#include "store/store.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::Disposition;
using test::TemporaryDirectory;
using Kind = domain::SuppressionEvent::Kind;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;
constexpr util::Seconds day = 86400;

struct Fixture {
    TemporaryDirectory folder;
    store::Options options = [&] {
        store::Options out;
        out.path = folder.path() / "jmrp.db";
        return out;
    }();
    store::Store store{options};

    std::int64_t keep(util::Seconds at) {
        domain::RawMessage raw;
        raw.bytes = "message " + std::to_string(++messages_);
        store::Prepared prepared = store::prepare(raw);
        return store.accept(std::span(&prepared, 1), "feed", at).front();
    }

    using Change = std::function<void(domain::Settlement&)>;
    static void nothing(domain::Settlement&) {}

    void settle(const char* address, util::Seconds settled_at, const Change& change = nothing) {
        const auto claimed = store.claim(1);
        REQUIRE(claimed.size() == 1);
        domain::Settlement out;
        out.message_id = claimed.front().message_id;
        out.feed = "feed";
        out.received_at = claimed.front().received_at;
        out.settled_at = settled_at;
        out.kind = "feedback-report";
        out.disposition = Disposition::complaint_suppressed;
        domain::Settlement::Report row;
        row.identity = util::digest("report", std::to_string(out.message_id));
        row.report.complaint = true;
        row.report.recipient.status = domain::RecipientStatus::known;
        row.report.arrival_date = {out.received_at - 3600, "a test"};
        row.report.source_ip = {*domain::parse_ip("192.0.2.1"), "a test"};
        row.named = row.suppress = {*domain::parse_person(address)};
        out.report = row;
        change(out);
        store.settle(std::span(&out, 1));
    }

    std::int64_t complain(const char* address, util::Seconds at, const Change& change = nothing) {
        const std::int64_t id = keep(at);
        settle(address, at, change);
        return id;
    }

    void decide(const char* address, bool add, util::Seconds at, std::optional<util::Seconds> until = {}) {
        domain::SuppressionDecision decision;
        decision.person = *domain::parse_person(address);
        decision.add = add;
        decision.decided_at = at;
        decision.expires_at = until;
        store.decide_suppressions(std::span(&decision, 1));
    }

    std::vector<domain::PersonHistory> repeated(util::Seconds since = noon - 30 * day) {
        std::vector<domain::PersonHistory> out;
        store.for_each_repeated_complaint(since, [&](const domain::PersonHistory& one) { out.push_back(one); });
        return out;
    }

    /// Of the only person; the events of reports in order of message.
    std::vector<util::Seconds> since() {
        std::vector<util::Seconds> out;
        const auto all = repeated();
        REQUIRE(all.size() == 1);
        for (const auto& event : all.front().events)
            out.push_back(event.at - noon);
        return out;
    }

    void run(util::Seconds at, std::int64_t seq, const domain::SuppressionFilter& filter = {}) {
        const domain::ExportRun run{"mta", at, at - 600, seq, filter};
        store.keep_consumer(store.consumer("mta"), &run);
    }
    /// "at covers_until", in days and seconds after noon.
    std::vector<std::pair<util::Seconds, util::Seconds>> runs() {
        std::vector<std::pair<util::Seconds, util::Seconds>> out;
        for (const domain::ExportRun& one : store.export_runs())
            out.emplace_back(one.at - noon, one.covers_until - noon);
        return out;
    }

  private:
    int messages_ = 0;
};

using Times = std::vector<util::Seconds>;
using Runs = std::vector<std::pair<util::Seconds, util::Seconds>>;

} // namespace

TEST_CASE_METHOD(Fixture, "leaks: only complaints of people who were known before are looked at") {
    complain("once@example.com", noon);
    complain("Twice@example.com", noon);
    CHECK(repeated().empty());
    const std::int64_t second = complain("twice@example.com", noon + 60);
    decide("hand@example.com", true, noon);
    complain("hand@example.com", noon + 60);
    const auto all = repeated();
    REQUIRE(all.size() == 2);
    CHECK(all.front().key == "hand@example.com");
    REQUIRE(all.front().events.size() == 2);
    CHECK(all.back().key == "twice@example.com");
    REQUIRE(all.back().complaints.size() == 1);
    const domain::RepeatedComplaint& one = all.back().complaints.front();
    CHECK(one.message_id == second);
    CHECK(one.received_at == noon + 60);
    CHECK(one.source_ip == "192.0.2.1");
    CHECK(one.certain);
    CHECK(repeated(noon + 61).empty());
}

TEST_CASE_METHOD(Fixture,
                 "leaks: what is forged, foreign, rejected or about a protected address is no complaint here") {
    complain("user@example.com", noon);
    for (const Disposition other : {Disposition::forged_report, Disposition::foreign_report,
                                    Disposition::complaint_rejected, Disposition::complaint_protected})
        complain("user@example.com", noon + 60, [&](domain::Settlement& out) { out.disposition = other; });
    CHECK(repeated().empty());
    complain("user@example.com", noon + 60, [](domain::Settlement& out) {
        out.disposition = Disposition::complaint_held;
        out.report->hold = domain::Hold::unverified;
    });
    REQUIRE(repeated().size() == 1);
    CHECK_FALSE(repeated().front().complaints.front().certain);
}

TEST_CASE_METHOD(Fixture, "leaks: a report that names several people is certain about none of them") {
    complain("user@example.com", noon);
    complain("user@example.com", noon + 60,
             [](domain::Settlement& out) { out.report->report.recipient.status = domain::RecipientStatus::ambiguous; });
    CHECK_FALSE(repeated().front().complaints.front().certain);
}

TEST_CASE_METHOD(Fixture, "leaks: a duplicate is no second complaint") {
    complain("user@example.com", noon);
    complain("user@example.com", noon + 60,
             [](domain::Settlement& out) { out.report->identity = util::digest("report", "1"); });
    CHECK(repeated().empty());
}

TEST_CASE_METHOD(Fixture,
                 "leaks: the time of sending is the token's, else the first attempt in the send log, else arrival") {
    complain("user@example.com", noon);
    const auto sent = [&](const Fixture::Change& change) {
        complain("user@example.com", noon + 60, change);
        const domain::RepeatedComplaint last = repeated().front().complaints.back();
        return last.sent_at ? std::string(to_text(last.sent_from)) + " " + std::to_string(*last.sent_at - noon)
                            : std::string("unknown");
    };
    CHECK(sent(nothing) == "arrival -3540");
    CHECK(sent([](domain::Settlement& out) {
              out.report->report.arrival_date = {noon + 99, "ahead"};
          }) == "arrival 60");
    CHECK(sent([](domain::Settlement& out) { out.report->report.arrival_date = {}; }) == "unknown");
    const domain::SentMatch match{
        *domain::parse_address("User@example.com"), "outlook.com", {}, noon - 90, domain::SentStatus::accepted};
    domain::SentMatch earlier = match;
    earlier.at = noon - 5000;
    earlier.status = domain::SentStatus::deferred;
    domain::SentMatch other = match;
    other.recipient = *domain::parse_address("other@example.com");
    other.at = noon - 9000;
    CHECK(sent([&](domain::Settlement& out) {
              out.sent = domain::SentEvidence{{match, earlier, other}, {}};
          }) == "send-log -5000");
    CHECK(sent([&](domain::Settlement& out) {
              out.sent = domain::SentEvidence{{match}, {}};
              out.report->report.recipient.token.emplace().sealed_at = noon - 7000;
          }) == "token -7000");
}

TEST_CASE_METHOD(Fixture, "leaks: a report that was settled long after its receipt suppresses from then on") {
    keep(noon - day);
    settle("user@example.com", noon - 5);
    complain("user@example.com", noon);
    CHECK(since() == Times{-5, 0});
}

TEST_CASE_METHOD(Fixture, "leaks: a rebuild moves the beginning of no suppression, and makes a new one begin now") {
    const std::int64_t first = complain("user@example.com", noon - 9 * day);
    complain("other@example.com", noon - 8 * day);
    complain("user@example.com", noon);
    REQUIRE(first == 1);
    store.begin_rebuild(noon + day);
    settle("user@example.com", noon + day);
    settle("user@example.com", noon + day); // it is understood now
    settle("user@example.com", noon + day);
    CHECK(since() == Times{-9 * day, day, 0});
    store.begin_rebuild(noon + 2 * day); // interrupted by another one
    settle("user@example.com", noon + 2 * day);
    store.begin_rebuild(noon + 3 * day);
    for (int i = 0; i < 3; ++i)
        settle("user@example.com", noon + 3 * day);
    CHECK(since() == Times{-9 * day, day, 0});
    store.prune_changes(noon + 3 * day);
    store.begin_rebuild(noon + 4 * day);
    settle("nobody@example.com", noon + 4 * day);
    settle("user@example.com", noon + 4 * day);
    settle("user@example.com", noon + 4 * day);
    store.begin_rebuild(noon + 5 * day);
    for (int i = 0; i < 3; ++i)
        settle("user@example.com", noon + 5 * day); // the first one is known again: since now
    CHECK(since() == Times{5 * day, day, 0});
}

TEST_CASE_METHOD(Fixture, "leaks: a message that is read after newer ones does not hide them") {
    keep(noon);
    keep(noon + 60);
    store.claim(1); // whoever had it died
    settle("user@example.com", noon + 60);
    CHECK(repeated().empty());
    settle("user@example.com", noon + 60);
    REQUIRE(repeated().size() == 1);
    CHECK(repeated().front().complaints.size() == 2);
}

TEST_CASE_METHOD(Fixture, "leaks: nothing is left of a person who is forgotten while a rebuild is under way") {
    complain("user@example.com", noon);
    complain("user@example.com", noon + 60);
    store.begin_rebuild(noon);
    forget(options, *domain::parse_person("user@example.com"), noon);
    CHECK(repeated().empty());
}

TEST_CASE_METHOD(Fixture, "export runs: one for each change, which runs without news keep up to date") {
    run(noon, 1);
    run(noon + 60, 1);
    run(noon + 120, 2);
    run(noon + 180, 2);
    CHECK(runs() == Runs{{0, -540}, {120, -420}});
    run(noon + 240, 2, {std::nullopt, {domain::Reason::complaint, domain::Reason::imported}});
    const auto all = store.export_runs();
    REQUIRE(all.size() == 3);
    CHECK(all.back().filter.reasons == std::vector{domain::Reason::complaint, domain::Reason::imported});
    CHECK_FALSE(all.back().filter.scope);
    CHECK(all.back().consumer == "mta");
    run(noon + 300, 2, {domain::Scope{}, {}});
    CHECK(store.export_runs().back().filter.scope == domain::Scope{}); // not the same as all scopes
}

TEST_CASE_METHOD(Fixture, "export runs: after six weeks one a day stays, after 400 days the last one") {
    run(noon, 1);
    run(noon + 60, 2);
    run(noon + day, 3);
    store.prune_changes(noon + 40 * day);
    CHECK(runs().size() == 3);
    store.prune_changes(noon + 50 * day);
    CHECK(runs() == Runs{{60, -540}, {day, day - 600}});
    store.prune_changes(noon + 900 * day);
    CHECK(runs() == Runs{{day, day - 600}});
}
