#include "delist/decisions.hpp"
#include "delist/dns.hpp"
#include "delist/snds.hpp"
#include "unit/delist/kept_reports.hpp"

using namespace jmrp;
using namespace jmrp::test;
using domain::Listing;
using domain::SpfResult;

namespace {

const std::vector<domain::Network> own = {*domain::parse_network("192.0.2.0/24")};

domain::DnsFacts facts() {
    domain::DnsFacts out;
    out.ip = *domain::parse_ip("192.0.2.10");
    out.ptr = {domain::PtrStanding::confirmed, {"mail.sender.example"}, {}, false, true, "", noon - 60};
    out.spf = {{"mail.sender.example", true, SpfResult::none, "", noon - 7000},
               {"sender.example", false, SpfResult::pass, "", noon - 50}};
    out.dmarc = {
        {"sender.example", domain::DmarcStanding::present, "sender.example", domain::DmarcPolicy::none, "", noon - 40}};
    out.lists = {{"zen.spamhaus.org", "192.0.2.10", Listing::clean, {}, "", noon - 30, {}},
                 {"key.dbl.dq.spamhaus.net", "sender.example", Listing::clean, {}, "", noon - 90, {}},
                 {"bl.other.example", "192.0.2.10", Listing::listed, {"127.0.0.2"}, "", noon - 20, {}}};
    return out;
}

struct Fixture : KeptReports {
    domain::FromDomain domain(const domain::DnsFacts& of, const std::vector<store::DkimSeen>& dkim = {}) {
        delist::add_dns(evidence, of, dkim);
        REQUIRE(evidence.from_domains);
        return evidence.from_domains->value.front();
    }

    void said(const char* from, bool aligned, util::Seconds at) {
        complain("user@outlook.example", at, an_hour, [&](domain::Settlement& out) {
            out.report->dkim = {from, aligned};
        });
    }

    void answer(const domain::SndsAnswer& of) { store.keep_snds(of); }

    domain::SndsAccess snds() {
        evidence.snds.reset();
        delist::add_snds(evidence, store, own, false);
        REQUIRE(evidence.snds);
        return evidence.snds->value;
    }
};

domain::SndsAnswer answered(domain::SndsKind kind) {
    domain::SndsAnswer out;
    out.source = "rest";
    out.kind = kind;
    out.at = noon - an_hour;
    out.outcome = domain::SndsOutcome::rows;
    if (kind == domain::SndsKind::data)
        out.day = today - 3;
    return out;
}

domain::SndsDay row(const char* ip, util::Day day, std::optional<std::int64_t> traps) {
    domain::SndsDay out;
    out.ip = *domain::parse_ip(ip);
    out.day = day;
    out.trap_hits = traps;
    return out;
}

} // namespace

TEST_CASE_METHOD(Fixture, "dns evidence: Spamhaus alone gates, and its oldest answer tells the age") {
    const domain::FromDomain domain = this->domain(facts());
    CHECK(evidence.pointer->at == noon - 60);
    REQUIRE(evidence.spamhaus);
    CHECK(evidence.spamhaus->value.size() == 2);
    CHECK(evidence.spamhaus->at == noon - 90);
    CHECK(domain.spf_includes == true);
    CHECK(domain.dmarc == true);
    CHECK_FALSE(domain.dkim_seen);
    CHECK(evidence.from_domains->at == noon - 50);
}

TEST_CASE_METHOD(Fixture, "dns evidence: without From domains, or zones of Spamhaus, nothing is known") {
    domain::DnsFacts none = facts();
    none.dmarc.clear();
    none.lists.erase(none.lists.begin(), none.lists.begin() + 2);
    delist::add_dns(evidence, none, {});
    CHECK_FALSE(evidence.from_domains);
    CHECK_FALSE(evidence.spamhaus);
}

TEST_CASE_METHOD(Fixture, "dns evidence: SPF is that of the envelope, and what is not known is not right") {
    domain::DnsFacts of = facts();
    of.spf.back().domain = "bounces.sender.example";
    CHECK(domain(of).spf_includes == true);
    of.spf.push_back({"other.sender.example", false, SpfResult::temperror, "", noon});
    CHECK_FALSE(domain(of).spf_includes);
    of.spf.push_back({"third.sender.example", false, SpfResult::softfail, "", noon});
    CHECK(domain(of).spf_includes == false);
    of.dmarc.front().standing = domain::DmarcStanding::unknown;
    CHECK_FALSE(domain(of).dmarc);
    of.dmarc.front().standing = domain::DmarcStanding::absent;
    CHECK(domain(of).dmarc == false);
}

TEST_CASE_METHOD(Fixture, "dns evidence: DKIM is what reports of a month say of mail of the domain, or below it") {
    CHECK(domain(facts(), {{"sender.example", noon - 29 * a_day, noon - a_day}}).dkim_seen == true);
    CHECK(domain(facts(), {{"news.sender.example", noon - a_day, {}}}).dkim_seen == true);
    CHECK(domain(facts(), {{"sender.example", noon - 31 * a_day, noon - a_day}}).dkim_seen == false);
    CHECK_FALSE(domain(facts(), {{"sender.example", noon - 31 * a_day, {}}}).dkim_seen);
    CHECK_FALSE(domain(facts(), {{"resender.example", noon, {}}}).dkim_seen);
}

TEST_CASE_METHOD(Fixture, "dns evidence: what was said of signatures is kept by domain") {
    said("a.example", true, noon - 9 * a_day);
    said("a.example", true, noon - 8 * a_day);
    said("a.example", false, noon - 7 * a_day);
    said("b.example", false, noon - 6 * a_day);
    complain("user@outlook.example", noon);
    const auto seen = store.dkim_seen();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].domain == "a.example");
    CHECK(seen[0].right == noon - 8 * a_day);
    CHECK(seen[0].wrong == noon - 7 * a_day);
    CHECK_FALSE(seen[1].right);
}

TEST_CASE_METHOD(Fixture, "dns evidence: a listing is remembered when another answer takes its place") {
    std::vector<domain::ListFinding> lists = facts().lists;
    store.remember_listings(lists);
    CHECK_FALSE(lists[0].last_listed);
    CHECK(lists[2].last_listed == noon - 20);
    lists[2].listing = Listing::clean;
    lists[2].last_listed.reset();
    store.remember_listings(lists);
    CHECK(lists[2].last_listed == noon - 20);
    store.keep_dns_answers({{"x A", {}}}, noon + 366 * a_day);
    lists[2].last_listed.reset();
    store.remember_listings(lists);
    CHECK_FALSE(lists[2].last_listed);
}

TEST_CASE_METHOD(Fixture, "snds evidence: unknown where nobody asked, unless a person says that there is no access") {
    delist::add_snds(evidence, store, own, false);
    CHECK_FALSE(evidence.snds);
    delist::add_snds(evidence, store, own, true);
    REQUIRE(evidence.snds);
    CHECK_FALSE(evidence.snds->value.enrolled);
}

TEST_CASE_METHOD(Fixture, "snds evidence: an address is known by its rows, its standing, or its network") {
    domain::SndsAnswer data = answered(domain::SndsKind::data);
    data.days = {row("198.51.100.1", today - 3, 7)};
    answer(data);
    CHECK_FALSE(snds().enrolled);
    data.days = {row("192.0.2.77", today - 3, 7)};
    answer(data);
    CHECK(snds().enrolled);
    CHECK_FALSE(snds().status);
    CHECK(snds().trap_hits_since_repair == 0);
    CHECK(evidence.snds->at == noon - an_hour);
    domain::SndsAnswer status = answered(domain::SndsKind::status);
    status.ranges = {{*domain::parse_ip("192.0.2.8"), *domain::parse_ip("192.0.2.11"), true, "Blocked"}};
    answer(status);
    REQUIRE(snds().status);
    CHECK(snds().status->blocked);
}

TEST_CASE_METHOD(Fixture, "snds evidence: traps that were hit on days after that of the repair") {
    domain::SndsAnswer data = answered(domain::SndsKind::data);
    data.days = {row("192.0.2.10", today - 5, 2), row("192.0.2.10", today - 4, 3), row("192.0.2.10", today - 3, {})};
    answer(data);
    CHECK(snds().trap_hits_since_repair == 5);
    evidence.repair = {{"cause", "fix", noon - 5 * a_day}, "a person", noon};
    CHECK(snds().trap_hits_since_repair == 3);
}

TEST_CASE_METHOD(Fixture, "decisions: those with one outcome in a row are one, with the newest evidence") {
    domain::Decision decision;
    decision.ip = evidence.ip;
    using Outcome = domain::DecisionOutcome;
    util::Seconds at = noon;
    for (const Outcome outcome : {Outcome::not_safe, Outcome::not_safe, Outcome::safe, Outcome::safe, Outcome::wait}) {
        decision.outcome = outcome;
        decision.now = at += an_hour;
        store.keep_decision(decision, "{\"at\":" + std::to_string(at) + "}");
    }
    const auto kept = store.decisions(evidence.ip, evidence.list);
    REQUIRE(kept.size() == 3);
    CHECK(kept[0].first_at == noon + an_hour);
    CHECK(kept[0].at == noon + 2 * an_hour);
    CHECK(kept[0].evidence == "{\"at\":" + std::to_string(kept[0].at) + "}");
    CHECK(store.decisions(evidence.ip, domain::BlockList::office365).empty());
    const auto events = delist::decision_events(store, evidence.ip, evidence.list);
    REQUIRE(events.size() == 3);
    using Kind = reputation::BlockEventKind;
    CHECK(std::get<Kind>(events[0].what) == Kind::gate_failed);
    CHECK(std::get<Kind>(events[1].what) == Kind::gate_passed);
    CHECK(events[1].at == noon + 3 * an_hour);
    CHECK(std::get<Kind>(events[2].what) == Kind::gate_failed);
}

TEST_CASE_METHOD(Fixture,
                 "decisions: one in the same second as another one, and one by a clock that went back, are kept") {
    domain::Decision decision;
    decision.ip = evidence.ip;
    using Outcome = domain::DecisionOutcome;
    for (const auto& [outcome, at] :
         {std::pair{Outcome::safe, noon}, std::pair{Outcome::wait, noon}, std::pair{Outcome::safe, noon - 60}}) {
        decision.outcome = outcome;
        decision.now = at;
        store.keep_decision(decision, "{}");
    }
    const auto kept = store.decisions(evidence.ip, evidence.list);
    REQUIRE(kept.size() == 2);
    CHECK(kept[0].outcome == Outcome::safe);
    CHECK(kept[1].outcome == Outcome::wait);
}
